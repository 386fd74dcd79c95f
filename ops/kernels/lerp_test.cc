// Against the formula of the header in long double.
#include "ops/kernels/lerp.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using L = long double;

template <typename T>
void Check(size_t n, size_t offset) {
  SCOPED_TRACE(n);
  MisalignedArray<T> x(n, offset), y(n, offset + 1);
  FillRandom(x, -1, 1, 1);
  FillRandom(y, -1, 1, 2);
  std::vector<L> expected(n);
  for (size_t i = 0; i < n; ++i) expected[i] = y[i] + 0.125L * (0.75L * x[i] - y[i]);
  kernels::Lerp(x.data(), 0.75, 0.125, static_cast<int64_t>(n), y.data());
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(y[i], static_cast<double>(expected[i]), std::numeric_limits<T>::epsilon());
  }
  EXPECT_TRUE(x.Intact() && y.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) Check<T>(n, n % 4);
  });
}

TEST(Lerp, Float32) { CheckAll<float>(); }
TEST(Lerp, Float64) { CheckAll<double>(); }

// More elements than a block has.
TEST(Lerp, AnyNumberOfThreadsGivesTheSameBits) {
  constexpr size_t kCount = 40'001;
  MisalignedArray<float> x(kCount, 1), start(kCount, 0), one(kCount, 0);
  FillRandom(x, -1, 1, 1);
  FillRandom(start, -1, 1, 2);
  const auto run = [&](MisalignedArray<float>& y) {
    std::copy_n(start.data(), kCount, y.data());
    kernels::Lerp(x.data(), 0.7, 0.3, kCount, y.data());
  };
  run(one);
  ForEachThreadCount([&] {
    MisalignedArray<float> y(kCount, 0);
    run(y);
    EXPECT_TRUE(SameBits(y.data(), one.data(), kCount));
  });
}

}  // namespace
}  // namespace hairpin
