#include "ops/kernels/log_softmax.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

template <typename T>
void Check(int64_t outer, int64_t n, int64_t inner, size_t offset) {
  SCOPED_TRACE(::testing::Message() << outer << " " << n << " " << inner);
  using L = long double;
  const size_t count = static_cast<size_t>(outer * n * inner);
  MisalignedArray<T> x(count, offset), y(count, offset + 1), dy(count, offset),
      dx(count, offset + 2);
  FillRandom(x, -6, 6, 1);
  FillRandom(dy, 0, 1, 2);
  kernels::LogSoftmax(x.data(), outer, n, inner, y.data());
  kernels::LogSoftmaxBackward(y.data(), dy.data(), outer, n, inner, false, dx.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      const auto at = [&](int64_t k) { return static_cast<size_t>((o * n + k) * inner + i); };
      L exps = 0, sum = 0;
      for (int64_t k = 0; k < n; ++k) exps += std::exp(static_cast<L>(x[at(k)]));
      for (int64_t k = 0; k < n; ++k) sum += dy[at(k)];
      for (int64_t k = 0; k < n; ++k) {
        const L expected = x[at(k)] - std::log(exps);
        // An ulp each of x - max, of the log and of y, whose magnitudes are up to 12.
        EXPECT_NEAR(y[at(k)], static_cast<double>(expected), 18 * epsilon);
        const double term = static_cast<double>(std::exp(expected) * sum);
        EXPECT_NEAR(dx[at(k)], dy[at(k)] - term, epsilon * (1 + 24 * term));
      }
    }
  }
  ASSERT_TRUE(y.Intact() && dx.Intact());
  std::vector<T> twice(count);
  for (size_t i = 0; i < count; ++i) twice[i] = dx[i] + dx[i];
  MisalignedArray<T> sum = dx;
  kernels::LogSoftmaxBackward(y.data(), dy.data(), outer, n, inner, true, sum.data());
  EXPECT_TRUE(SameBits(sum.data(), twice.data(), count));
  // In place: over dy, and y over x.
  kernels::LogSoftmaxBackward(y.data(), dy.data(), outer, n, inner, false, dy.data());
  EXPECT_TRUE(SameBits(dy.data(), dx.data(), count));
  kernels::LogSoftmax(x.data(), outer, n, inner, x.data());
  EXPECT_TRUE(SameBits(x.data(), y.data(), count));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 1; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      Check<T>(3, n, 1, static_cast<size_t>(n % 3));
      Check<T>(2, 3, n, static_cast<size_t>(n % 3));
    }
    Check<T>(0, 4, 1, 0);
    Check<T>(2, 500, 1, 1);
  });
}

TEST(LogSoftmax, Float32) { CheckAll<float>(); }
TEST(LogSoftmax, Float64) { CheckAll<double>(); }

// A common offset takes nothing from the digits, and infinities stay what they are.
TEST(LogSoftmax, LargeAndInfiniteLogits) {
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    const float x[] = {1e30f, 1e30f, -inf, 3e38f, 0, -inf, -inf, -inf, -inf};
    for (const int64_t inner : {1, 3}) {
      const auto at = [&](int row, int k) { return inner == 1 ? 3 * row + k : row + 3 * k; };
      float laid[9], y[9];
      for (int i = 0; i < 9; ++i) laid[at(i / 3, i % 3)] = x[i];
      kernels::LogSoftmax(laid, 3 / inner, 3, inner, y);
      EXPECT_EQ(y[at(0, 0)], std::log(0.5f));
      EXPECT_EQ(y[at(0, 2)], -inf);
      EXPECT_EQ(y[at(1, 0)], 0);
      EXPECT_EQ(y[at(1, 1)], -3e38f);
      for (int k = 0; k < 3; ++k) EXPECT_TRUE(std::isnan(y[at(2, k)]));
    }
  });
}

// Bits don't depend on threads, nor on the other rows.
TEST(LogSoftmax, ThreadsAndRowsAlone) {
  constexpr int64_t kRows = 500, kN = 77;
  MisalignedArray<float> x(kRows * kN, 0), first(kRows * kN, 0), y(kRows * kN, 0);
  FillRandom(x, -6, 6, 3);
  kernels::LogSoftmax(x.data(), kRows, kN, 1, first.data());
  ForEachThreadCount([&] {
    kernels::LogSoftmax(x.data(), kRows, kN, 1, y.data());
    EXPECT_TRUE(SameBits(y.data(), first.data(), kRows * kN));
  });
  for (int64_t row = 0; row < kRows; row += 99) {
    kernels::LogSoftmax(x.data() + row * kN, 1, kN, 1, y.data());
    EXPECT_TRUE(SameBits(y.data(), first.data() + row * kN, kN));
  }
}

}  // namespace
}  // namespace hairpin
