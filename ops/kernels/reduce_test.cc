#include "ops/kernels/reduce.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

template <typename T>
struct Reference {
  std::vector<long double> sum, magnitude;
};

template <typename T>
Reference<T> ReferenceSum(const MisalignedArray<T>& x, const Shape& x_shape,
                          const Shape& y_shape) {
  const size_t outputs = static_cast<size_t>(y_shape.num_elements());
  Reference<T> reference{std::vector<long double>(outputs), std::vector<long double>(outputs)};
  for (int64_t i = 0; i < x_shape.num_elements(); ++i) {
    int64_t rest = i, at = 0, stride = 1;
    for (int axis = x_shape.rank() - 1; axis >= 0; --axis) {
      const int64_t index = rest % x_shape[axis];
      rest /= x_shape[axis];
      const int own = axis - (x_shape.rank() - y_shape.rank());
      if (own < 0) continue;
      if (y_shape[own] != 1) at += index * stride;
      stride *= y_shape[own];
    }
    reference.sum[at] += x[i];
    reference.magnitude[at] += std::fabs(static_cast<long double>(x[i]));
  }
  return reference;
}

// Rounding of a float32 column sum of 32 rows before it goes to double.
constexpr double kUlps = 6;

template <typename T>
void CheckSum(const Shape& x_shape, const Shape& y_shape, size_t offset) {
  SCOPED_TRACE(::testing::Message() << x_shape << " to " << y_shape);
  MisalignedArray<T> x(static_cast<size_t>(x_shape.num_elements()), offset);
  const size_t outputs = static_cast<size_t>(y_shape.num_elements());
  MisalignedArray<T> y(outputs, offset + 1);
  FillRandom(x, -1, 3, 1);
  const Reference<T> reference = ReferenceSum(x, x_shape, y_shape);
  const long double tolerance = kUlps * std::numeric_limits<T>::epsilon();
  kernels::SumToShape(x.data(), x_shape, 0.5, false, y.data(), y_shape);
  for (size_t i = 0; i < outputs; ++i) {
    EXPECT_NEAR(static_cast<double>(y[i] - reference.sum[i] / 2), 0,
                static_cast<double>(tolerance * reference.magnitude[i]));
  }
  std::vector<T> twice(outputs);
  for (size_t i = 0; i < outputs; ++i) twice[i] = y[i] + y[i];
  kernels::SumToShape(x.data(), x_shape, 0.5, true, y.data(), y_shape);
  EXPECT_TRUE(SameBits(y.data(), twice.data(), outputs) && y.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 0; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      const size_t offset = static_cast<size_t>(n % 4);
      CheckSum<T>(Shape({n}), Shape(), offset);
      CheckSum<T>(Shape({5, n}), Shape({5, 1}), offset);
      CheckSum<T>(Shape({5, n}), Shape({n}), offset);
      CheckSum<T>(Shape({n, 3}), Shape({3}), offset);
      CheckSum<T>(Shape({2, n, 3}), Shape({2, 1, 3}), offset);
    }
    CheckSum<T>(Shape(), Shape(), 0);
    CheckSum<T>(Shape({4, 3}), Shape({4, 3}), 0);
    CheckSum<T>(Shape({2, 3, 4, 5}), Shape({3, 1, 5}), 0);
    CheckSum<T>(Shape({2, 3, 4, 5}), Shape({2, 1, 4, 1}), 0);
    CheckSum<T>(Shape({2, 3, 2, 3, 2, 3}), Shape({1, 3, 1, 3, 1, 3}), 1);
    CheckSum<T>(Shape({2, 3, 2, 3, 2, 3}), Shape({2, 1, 2, 1, 2, 1}), 1);
    CheckSum<T>(Shape({3, 0, 2}), Shape({3, 1, 2}), 0);
    CheckSum<T>(Shape({100, 130}), Shape({130}), 0);
  });
}

TEST(SumToShape, Float32) { CheckAll<float>(); }
TEST(SumToShape, Float64) { CheckAll<double>(); }

// One long sum, many sums, sums of columns: all cut into blocks.
TEST(SumToShape, ManyBlocksAnyThreads) {
  const std::vector<std::pair<Shape, Shape>> shapes = {
      {Shape({150'001}), Shape()},
      {Shape({2, 70'001}), Shape({2, 1})},
      {Shape({300, 517}), Shape({300, 1})},
      {Shape({300, 517}), Shape({517})},
      {Shape({7, 50, 31, 9}), Shape({50, 1, 9})}};
  for (const auto& [x_shape, y_shape] : shapes) {
    MisalignedArray<float> x(static_cast<size_t>(x_shape.num_elements()), 0);
    FillRandom(x, -1, 3, 5);
    const size_t outputs = static_cast<size_t>(y_shape.num_elements());
    std::vector<float> first(outputs), y(outputs);
    kernels::SumToShape(x.data(), x_shape, 1, false, first.data(), y_shape);
    const double squares = kernels::SumOfSquares(x.data(), x_shape.num_elements());
    ForEachThreadCount([&, &xs = x_shape, &ys = y_shape] {
      CheckSum<float>(xs, ys, 1);
      kernels::SumToShape(x.data(), xs, 1, false, y.data(), ys);
      EXPECT_TRUE(SameBits(y.data(), first.data(), outputs));
      EXPECT_EQ(kernels::SumOfSquares(x.data(), xs.num_elements()), squares);
    });
  }
}

// A row's sum is the same alone as among others.
TEST(SumToShape, RowAlone) {
  constexpr int64_t kRows = 3, kN = 70'003;
  MisalignedArray<float> x(kRows * kN, 0);
  FillRandom(x, -1, 1, 6);
  std::vector<float> together(kRows);
  kernels::SumToShape(x.data(), Shape({kRows, kN}), 1, false, together.data(), Shape({kRows, 1}));
  for (int64_t row = 0; row < kRows; ++row) {
    float alone;
    kernels::SumToShape(x.data() + row * kN, Shape({kN}), 1, false, &alone, Shape());
    EXPECT_EQ(alone, together[row]);
  }
}

template <typename T>
void CheckSquares() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) {
      MisalignedArray<T> x(n, n % 3);
      FillRandom(x, -1, 1, 7);
      long double sum = 0;
      for (size_t i = 0; i < n; ++i) sum += static_cast<long double>(x[i]) * x[i];
      EXPECT_LE(UlpDistance(kernels::SumOfSquares(x.data(), static_cast<int64_t>(n)), sum), 8);
    }
  });
}

TEST(SumOfSquares, Float32) { CheckSquares<float>(); }
TEST(SumOfSquares, Float64) { CheckSquares<double>(); }

}  // namespace
}  // namespace hairpin
