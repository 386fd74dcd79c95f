#include "ops/kernels/max.h"

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

// The output of x's element i: its index without the axes of size 1 in `y`.
int64_t OutputOf(int64_t i, const Shape& x, const Shape& y) {
  int64_t at = 0, stride = 1;
  for (int axis = x.rank() - 1; axis >= 0; --axis) {
    const int own = axis - (x.rank() - y.rank());
    if (own >= 0 && y[own] != 1) at += i % x[axis] * stride;
    if (own >= 0) stride *= y[own];
    i /= x[axis];
  }
  return at;
}

template <typename T>
void Check(const Shape& x_shape, const Shape& y_shape, size_t offset, double high = -1) {
  SCOPED_TRACE(::testing::Message() << x_shape << " to " << y_shape);
  MisalignedArray<T> x(static_cast<size_t>(x_shape.num_elements()), offset);
  const size_t outputs = static_cast<size_t>(y_shape.num_elements());
  MisalignedArray<T> y(outputs, offset + 1);
  // All negative: a lane of zeros past an end would show.
  FillRandom(x, -3, high, 1);
  std::vector<T> expected(outputs, -std::numeric_limits<T>::infinity());
  for (int64_t i = 0; i < x_shape.num_elements(); ++i) {
    T& largest = expected[OutputOf(i, x_shape, y_shape)];
    largest = std::max(largest, x[i]);
  }
  kernels::MaxToShape(x.data(), x_shape, y.data(), y_shape);
  EXPECT_TRUE(SameBits(y.data(), expected.data(), outputs) && y.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 1; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      const size_t offset = static_cast<size_t>(n % 4);
      Check<T>(Shape({n}), Shape(), offset);
      Check<T>(Shape({5, n}), Shape({5, 1}), offset);
      Check<T>(Shape({5, n}), Shape({n}), offset);
      Check<T>(Shape({2, n, 3}), Shape({2, 1, 3}), offset);
    }
    Check<T>(Shape(), Shape(), 0);
    Check<T>(Shape({4, 3}), Shape({4, 3}), 0);
    Check<T>(Shape({0, 3}), Shape({0, 1}), 0);
    Check<T>(Shape({2, 3, 4, 5}), Shape({3, 1, 5}), 0);
    Check<T>(Shape({2, 3, 4, 5}), Shape({2, 1, 4, 1}), 0);
    Check<T>(Shape({2, 3, 2, 3, 2, 3}), Shape({1, 3, 1, 3, 1, 3}), 1);
    Check<T>(Shape({2, 3, 2, 3, 2, 3}), Shape({2, 1, 2, 1, 2, 1}), 1);
  });
}

TEST(MaxToShape, Float32) { CheckAll<float>(); }
TEST(MaxToShape, Float64) { CheckAll<double>(); }

TEST(MaxToShape, ManyBlocksAnyThreads) {
  ForEachThreadCount([] {
    Check<float>(Shape({70'001}), Shape(), 0, 5);
    Check<float>(Shape({300, 517}), Shape({300, 1}), 0, 5);
    Check<float>(Shape({300, 517}), Shape({517}), 1, 5);
  });
}

// Wherever a NaN stands, first, last or between, and in either direction.
TEST(MaxToShape, NanAndInfinity) {
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    constexpr int64_t kN = 37;
    for (int64_t at = 0; at < kN; ++at) {
      std::vector<float> x(kN, -inf);
      float y;
      kernels::MaxToShape(x.data(), Shape({kN}), &y, Shape());
      EXPECT_EQ(y, -inf);
      x[at] = std::numeric_limits<float>::quiet_NaN();
      x[(at + 1) % kN] = inf;
      kernels::MaxToShape(x.data(), Shape({kN}), &y, Shape());
      EXPECT_TRUE(std::isnan(y)) << at;
      std::vector<float> columns(2 * kN, 1);
      columns[2 * at + 1] = x[at];
      float pair[2];
      kernels::MaxToShape(columns.data(), Shape({kN, 2}), pair, Shape({2}));
      EXPECT_TRUE(pair[0] == 1 && std::isnan(pair[1])) << at;
    }
  });
}

}  // namespace
}  // namespace hairpin
