#include "ops/kernels/softmax.h"

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
  const size_t count = static_cast<size_t>(outer * n * inner);
  MisalignedArray<T> x(count, offset), y(count, offset + 1), dy(count, offset),
      dx(count, offset + 2);
  FillRandom(x, -6, 6, 1);
  FillRandom(dy, -1, 1, 2);
  kernels::Softmax(x.data(), outer, n, inner, y.data());
  kernels::SoftmaxBackward(y.data(), dy.data(), outer, n, inner, false, dx.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      const auto at = [&](int64_t k) { return static_cast<size_t>((o * n + k) * inner + i); };
      long double sum = 0, dot = 0;
      for (int64_t k = 0; k < n; ++k) sum += std::exp(static_cast<long double>(x[at(k)]));
      for (int64_t k = 0; k < n; ++k) {
        const long double p = std::exp(static_cast<long double>(x[at(k)])) / sum;
        EXPECT_NEAR(y[at(k)] / p, 1, 12 * epsilon);  // half an ulp of x - max, up to 12
        dot += p * dy[at(k)];
      }
      for (int64_t k = 0; k < n; ++k) {
        const long double p = std::exp(static_cast<long double>(x[at(k)])) / sum;
        EXPECT_NEAR(dx[at(k)], p * (dy[at(k)] - dot), 16 * epsilon * p);
      }
    }
  }
  ASSERT_TRUE(y.Intact() && dx.Intact());
  std::vector<T> twice(count);
  for (size_t i = 0; i < count; ++i) twice[i] = dx[i] + dx[i];
  kernels::SoftmaxBackward(y.data(), dy.data(), outer, n, inner, true, dx.data());
  EXPECT_TRUE(SameBits(dx.data(), twice.data(), count));
  kernels::Softmax(x.data(), outer, n, inner, x.data());
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

TEST(Softmax, Float32) { CheckAll<float>(); }
TEST(Softmax, Float64) { CheckAll<double>(); }

TEST(Softmax, LargeAndInfiniteLogits) {
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    const float x[] = {1e30f, 1e30f, -inf, 3e38f, -3e38f, -inf, -inf, -inf, -inf};
    float y[9];
    kernels::Softmax(x, 3, 3, 1, y);
    EXPECT_EQ(y[0], 0.5f);
    EXPECT_EQ(y[1], 0.5f);
    EXPECT_EQ(y[2], 0);
    EXPECT_EQ(y[3], 1);
    EXPECT_EQ(y[4], 0);
    EXPECT_TRUE(std::isnan(y[6]) && std::isnan(y[7]) && std::isnan(y[8]));
  });
}

template <typename T>
void CheckLogSumExp() {
  ForEachTarget([](const char*) {
    for (size_t n = 1; n <= LongestTail<T>(); ++n) {
      MisalignedArray<T> x(3 * n, n % 3), y(3, 1);
      FillRandom(x, -6, 6, 1);
      kernels::LogSumExp(x.data(), 3, static_cast<int64_t>(n), y.data());
      for (size_t row = 0; row < 3; ++row) {
        long double sum = 0;
        for (size_t k = 0; k < n; ++k) sum += std::exp(static_cast<long double>(x[row * n + k]));
        EXPECT_NEAR(y[row], static_cast<double>(std::log(sum)),
                    8 * std::numeric_limits<T>::epsilon() * 6);
      }
      EXPECT_TRUE(y.Intact());
    }
  });
}

TEST(LogSumExp, Float32) { CheckLogSumExp<float>(); }
TEST(LogSumExp, Float64) { CheckLogSumExp<double>(); }

// Bits don't depend on threads, nor on the other rows.
TEST(Softmax, ThreadsAndRowsAlone) {
  constexpr int64_t kRows = 500, kN = 77;
  MisalignedArray<float> x(kRows * kN, 0), first(kRows * kN, 0), y(kRows * kN, 0);
  FillRandom(x, -6, 6, 3);
  kernels::Softmax(x.data(), kRows, kN, 1, first.data());
  ForEachThreadCount([&] {
    kernels::Softmax(x.data(), kRows, kN, 1, y.data());
    EXPECT_TRUE(SameBits(y.data(), first.data(), kRows * kN));
  });
  for (int64_t row = 0; row < kRows; row += 99) {
    kernels::Softmax(x.data() + row * kN, 1, kN, 1, y.data());
    EXPECT_TRUE(SameBits(y.data(), first.data() + row * kN, kN));
  }
}

}  // namespace
}  // namespace hairpin
