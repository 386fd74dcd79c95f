#include "ops/kernels/rotary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using kernels::RotaryShape;

template <typename T>
MisalignedArray<T> Turned(const RotaryShape& shape, const MisalignedArray<T>& x, bool inverse) {
  MisalignedArray<T> y(x.size(), 1);
  MisalignedArray<T> workspace(kernels::RotaryWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
  kernels::Rotary(shape, x.data(), inverse, false, y.data(), workspace.data());
  EXPECT_TRUE(y.Intact() && workspace.Intact());
  return y;
}

template <typename T>
void Check(const RotaryShape& shape) {
  using L = long double;
  const int64_t C = shape.heads * shape.head_width;
  MisalignedArray<T> x(shape.batch * shape.positions * C, 3);
  FillRandom(x, -2, 2, 1);
  const MisalignedArray<T> y = Turned(shape, x, false);
  const double tolerance = 4 * std::numeric_limits<T>::epsilon();
  for (int64_t e = 0; e < static_cast<int64_t>(x.size()); e += 2) {
    const L position = shape.first + e / C % shape.positions;
    const L exponent = -static_cast<L>(e % shape.head_width) / shape.head_width;
    const L angle = position * std::pow(static_cast<L>(shape.base), exponent);
    // The angle's own rounding, in double, is of its size.
    const double allowed = tolerance + 1e-14 * static_cast<double>(angle);
    EXPECT_NEAR(y[e], x[e] * std::cos(angle) - x[e + 1] * std::sin(angle), allowed) << e;
    EXPECT_NEAR(y[e + 1], x[e + 1] * std::cos(angle) + x[e] * std::sin(angle), allowed) << e;
  }
  const MisalignedArray<T> back = Turned(shape, y, true);
  for (size_t e = 0; e < x.size(); ++e) EXPECT_NEAR(back[e], x[e], 2 * tolerance);

  // In place the same bits; accumulating adds exactly the same.
  MisalignedArray<T> z = x, sum = y;
  MisalignedArray<T> workspace(kernels::RotaryWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
  kernels::Rotary(shape, z.data(), false, false, z.data(), workspace.data());
  EXPECT_TRUE(SameBits(z.data(), y.data(), x.size()));
  kernels::Rotary(shape, x.data(), false, true, sum.data(), workspace.data());
  for (size_t e = 0; e < x.size(); ++e) EXPECT_EQ(sum[e], y[e] + y[e]);
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t half = 1; half <= static_cast<int64_t>(LongestTail<T>()); ++half) {
      Check<T>({.batch = 1, .positions = 3, .heads = 2, .head_width = 2 * half, .first = 5});
    }
    Check<T>({.batch = 3, .positions = 37, .heads = 1, .head_width = 12, .base = 100});
    Check<T>({.batch = 0, .positions = 2, .heads = 1, .head_width = 2});
  });
}

TEST(Rotary, Float32) { CheckAll<float>(); }
TEST(Rotary, Float64) { CheckAll<double>(); }

// What a cache holds was turned when it was made: a position alone has the bits of the whole.
TEST(Rotary, ThreadsAndPositionsAlone) {
  constexpr RotaryShape kWhole = {.batch = 1, .positions = 70, .heads = 2, .head_width = 48};
  constexpr int64_t kChannels = 96;
  MisalignedArray<float> x(kWhole.positions * kChannels, 0);
  FillRandom(x, -2, 2, 1);
  const MisalignedArray<float> first = Turned(kWhole, x, false);
  ForEachThreadCount([&] {
    const MisalignedArray<float> y = Turned(kWhole, x, false);
    EXPECT_TRUE(SameBits(y.data(), first.data(), y.size()));
  });
  for (int64_t t = 0; t < kWhole.positions; t += 23) {
    RotaryShape shape = kWhole;
    shape.positions = 1, shape.first = t;
    MisalignedArray<float> row(kChannels, 0);
    std::copy_n(x.data() + t * kChannels, kChannels, row.data());
    EXPECT_TRUE(SameBits(Turned(shape, row, false).data(), first.data() + t * kChannels,
                         kChannels));
  }
}

}  // namespace
}  // namespace hairpin
