// Against std::min and std::max.
#include "ops/kernels/clamp.h"

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

template <typename T>
void Check(size_t n, size_t offset) {
  SCOPED_TRACE(n);
  MisalignedArray<T> x(n, offset);
  FillRandom(x, -1, 1, 1);
  std::vector<T> expected(x.data(), x.data() + n);
  for (T& value : expected) value = std::min<T>(std::max<T>(value, -0.5), 0.25);
  kernels::Clamp(-0.5, 0.25, static_cast<int64_t>(n), x.data());
  EXPECT_TRUE(SameBits(x.data(), expected.data(), n));
  EXPECT_TRUE(x.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) Check<T>(n, n % 4);
  });
}

TEST(Clamp, Float32) { CheckAll<float>(); }
TEST(Clamp, Float64) { CheckAll<double>(); }

TEST(Clamp, InfinityIsBoundedAndNanStays) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    float x[] = {-kInfinity, kInfinity, std::numeric_limits<float>::quiet_NaN()};
    kernels::Clamp<float>(-2, 3, 3, x);
    EXPECT_EQ(x[0], -2);
    EXPECT_EQ(x[1], 3);
    EXPECT_TRUE(std::isnan(x[2]));
  });
}

}  // namespace
}  // namespace hairpin
