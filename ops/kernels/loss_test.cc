#include "ops/kernels/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using L = long double;

template <typename T>
struct LossCase {
  const char* name;
  double (*value)(const T*, const T*, int64_t);
  void (*backward)(const T*, const T*, double, int64_t, bool, T*);
  double ulps;           // of a sum of one element, in double
  double backward_ulps;  // of the slope where target is 0
  L (*f)(L x, L target);
  L (*slope)(L x, L target);
};

template <typename T>
std::vector<LossCase<T>> Cases() {
  return {{"squared error", kernels::SquaredError<T>, kernels::SquaredErrorBackward<T>, 1.5, 1,
           [](L x, L t) { return (x - t) * (x - t); }, [](L x, L t) { return 2 * (x - t); }},
          {"bce with logits", kernels::BceWithLogits<T>, kernels::BceWithLogitsBackward<T>, 4, 4,
           [](L x, L t) { return std::max(x, 0.0L) - x * t + std::log1p(std::exp(-std::fabs(x))); },
           [](L x, L t) { return 1 / (1 + std::exp(-x)) - t; }},
          {"smooth l1",
           [](const T* x, const T* t, int64_t n) { return kernels::SmoothL1(x, t, 0.75, n); },
           [](const T* x, const T* t, double factor, int64_t n, bool accumulate, T* dx) {
             kernels::SmoothL1Backward(x, t, 0.75, factor, n, accumulate, dx);
           },
           2, 1,
           [](L x, L t) {
             const L d = std::fabs(x - t);
             return d < 0.75L ? d * d / 1.5L : d - 0.375L;
           },
           [](L x, L t) { return std::clamp((x - t) / 0.75L, -1.0L, 1.0L); }}};
}

template <typename T>
void Check(const LossCase<T>& c, size_t n, size_t offset) {
  SCOPED_TRACE(::testing::Message() << c.name << " n " << n << " offset " << offset);
  const int64_t count = static_cast<int64_t>(n);
  MisalignedArray<T> x(n, offset), target(n, offset + 1), dx(n, offset + 2);
  FillRandom(x, -30, 10, 1);
  FillRandom(target, 0, 1, 2);
  // Hard targets too, where a digit lost is seen: the slope has no other term.
  for (size_t i = 0; i < n; i += 2) target[i] = 0;
  L sum = 0;
  for (size_t i = 0; i < n; ++i) {
    sum += c.f(x[i], target[i]);
    if (target[i] != 0) continue;
    const double one = c.value(x.data() + i, target.data() + i, 1);
    EXPECT_LE(UlpDistance(one, c.f(x[i], 0)), c.ulps) << x[i];
  }
  // A lane adds up to 4096 terms of a block, one after another.
  EXPECT_LE(UlpDistance(c.value(x.data(), target.data(), count), sum), n < 100 ? 6 : 32);
  c.backward(x.data(), target.data(), 0.5, count, false, dx.data());
  for (size_t i = 0; i < n; ++i) {
    const L expected = c.slope(x[i], target[i]) / 2;
    if (target[i] == 0) {
      EXPECT_LE(UlpDistance(dx[i], expected), c.backward_ulps) << x[i];
    } else {
      EXPECT_NEAR(dx[i], static_cast<double>(expected), 40 * std::numeric_limits<T>::epsilon());
    }
  }
  ASSERT_TRUE(dx.Intact());
  std::vector<T> twice(n);
  for (size_t i = 0; i < n; ++i) twice[i] = dx[i] + dx[i];
  MisalignedArray<T> added = dx;
  c.backward(x.data(), target.data(), 0.5, count, true, added.data());
  EXPECT_TRUE(SameBits(added.data(), twice.data(), n));
  // In place: over x, and over the target.
  MisalignedArray<T> over = x;
  c.backward(over.data(), target.data(), 0.5, count, false, over.data());
  EXPECT_TRUE(SameBits(over.data(), dx.data(), n));
  c.backward(x.data(), target.data(), 0.5, count, false, target.data());
  EXPECT_TRUE(SameBits(target.data(), dx.data(), n));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (const LossCase<T>& c : Cases<T>()) {
      for (size_t n = 0; n <= LongestTail<T>(); ++n) Check<T>(c, n, n % 4);
      Check<T>(c, 40'001, 1);
    }
  });
}

TEST(Loss, Float32) { CheckAll<float>(); }
TEST(Loss, Float64) { CheckAll<double>(); }

TEST(Loss, AnyThreadsSameBits) {
  constexpr int64_t kN = 150'001;
  MisalignedArray<float> x(kN, 0), target(kN, 0);
  FillRandom(x, -3, 3, 1);
  FillRandom(target, 0, 1, 2);
  for (const LossCase<float>& c : Cases<float>()) {
    const double first = c.value(x.data(), target.data(), kN);
    ForEachThreadCount([&] { EXPECT_EQ(c.value(x.data(), target.data(), kN), first) << c.name; });
  }
}

TEST(Loss, LargeLogitsAndNan) {
  ForEachTarget([](const char*) {
    const auto bce = [](float x, float target) { return kernels::BceWithLogits(&x, &target, 1); };
    EXPECT_EQ(bce(1e30f, 1), 0);
    EXPECT_EQ(bce(-1e30f, 0), 0);
    EXPECT_EQ(bce(-1000, 1), 1000);
    EXPECT_TRUE(std::isnan(bce(std::numeric_limits<float>::quiet_NaN(), 0)));
  });
}

}  // namespace
}  // namespace hairpin
