#include "ops/kernels/binary.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/shape.h"

namespace hairpin {
namespace {

// Index of the element of an array of `shape` that broadcasts to element `index`
// of `output`.
int64_t BroadcastIndex(const Shape& output, const Shape& shape, int64_t index) {
  int64_t result = 0, stride = 1;
  for (int axis = output.rank() - 1; axis >= 0; --axis) {
    const int64_t at = index % output[axis];
    index /= output[axis];
    const int own = axis - (output.rank() - shape.rank());
    if (own < 0) continue;
    if (shape[own] != 1) result += at * stride;
    stride *= shape[own];
  }
  return result;
}

template <typename T>
using Kernel = void (*)(const T*, const Shape&, const T*, const Shape&, bool, T*, const Shape&);

template <typename T>
void CheckShapes(const Shape& a_shape, const Shape& b_shape, size_t offset) {
  const Shape y_shape = *BroadcastShapes(a_shape, b_shape);
  SCOPED_TRACE(::testing::Message() << a_shape << " " << b_shape << " " << y_shape);
  const size_t n = static_cast<size_t>(y_shape.num_elements());
  MisalignedArray<T> a(static_cast<size_t>(a_shape.num_elements()), offset);
  MisalignedArray<T> b(static_cast<size_t>(b_shape.num_elements()), offset + 1);
  MisalignedArray<T> y(n, offset + 2), dy(n, offset);
  FillRandom(a, -2, 2, 1);
  FillRandom(b, 0.5, 2, 2);
  FillRandom(dy, -1, 1, 3);
  const auto check = [&](Kernel<T> kernel, T (*f)(T, T)) {
    kernel(a.data(), a_shape, b.data(), b_shape, false, y.data(), y_shape);
    std::vector<T> expected(n);
    for (size_t i = 0; i < n; ++i) {
      const int64_t index = static_cast<int64_t>(i);
      expected[i] = f(a[BroadcastIndex(y_shape, a_shape, index)],
                      b[BroadcastIndex(y_shape, b_shape, index)]);
    }
    EXPECT_TRUE(SameBits(y.data(), expected.data(), n));
    kernel(a.data(), a_shape, b.data(), b_shape, true, y.data(), y_shape);
    for (size_t i = 0; i < n; ++i) expected[i] += expected[i];
    EXPECT_TRUE(SameBits(y.data(), expected.data(), n) && y.Intact());
  };
  check(kernels::Add<T>, [](T x, T z) { return x + z; });
  check(kernels::Subtract<T>, [](T x, T z) { return x - z; });
  check(kernels::Multiply<T>, [](T x, T z) { return x * z; });
  check(kernels::Divide<T>, [](T x, T z) { return x / z; });

  kernels::Divide(a.data(), a_shape, b.data(), b_shape, false, y.data(), y_shape);
  MisalignedArray<T> db(n, 0);
  kernels::DivideBackwardDivisor(dy.data(), y.data(), b.data(), b_shape, false, db.data(),
                                 y_shape);
  for (size_t i = 0; i < n; ++i) {
    const int64_t index = static_cast<int64_t>(i);
    const long double x = a[BroadcastIndex(y_shape, a_shape, index)];
    const long double z = b[BroadcastIndex(y_shape, b_shape, index)];
    EXPECT_LE(UlpDistance(db[i], -dy[i] * x / (z * z)), 2.5);
  }

  // Few whole numbers, of which many are equal.
  for (size_t i = 0; i < a.size(); ++i) a[i] = std::floor(a[i]);
  for (size_t i = 0; i < b.size(); ++i) b[i] = std::floor(b[i]);
  check(kernels::Equal<T>, [](T x, T z) { return x == z ? T(1) : T(0); });
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 0; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      CheckShapes<T>(Shape({n}), Shape({n}), static_cast<size_t>(n % 3));
      CheckShapes<T>(Shape({3, n}), Shape({n}), static_cast<size_t>(n % 3));
      CheckShapes<T>(Shape({n}), Shape({3, 1}), static_cast<size_t>(n % 3));
      CheckShapes<T>(Shape({n}), Shape(), static_cast<size_t>(n % 3));
    }
    CheckShapes<T>(Shape(), Shape(), 0);
    CheckShapes<T>(Shape({4, 1, 5}), Shape({3, 1}), 0);
    CheckShapes<T>(Shape({1, 3, 1, 2}), Shape({4, 1, 5, 2}), 1);
    CheckShapes<T>(Shape({2, 1, 3, 1, 2, 1}), Shape({1, 4, 1, 3, 1, 5}), 1);
    CheckShapes<T>(Shape({2, 3, 2, 2, 2, 9}), Shape({1, 3, 1, 2, 1, 9}), 0);
    CheckShapes<T>(Shape({2, 0, 3}), Shape({1, 3}), 0);
  });
}

TEST(Binary, Float32) { CheckAll<float>(); }
TEST(Binary, Float64) { CheckAll<double>(); }

TEST(Binary, ManyBlocksAnyThreads) {
  const Shape a({101, 7, 67}), b({7, 1});
  ForEachThreadCount([&] { CheckShapes<float>(a, b, 1); });
}

TEST(Binary, InPlace) {
  std::vector<float> a = {1, 2, 3, 4, 5, 6};
  const float b[] = {10, 20, 30};
  kernels::Add(a.data(), Shape({2, 3}), b, Shape({3}), false, a.data(), Shape({2, 3}));
  EXPECT_EQ(a, (std::vector<float>{11, 22, 33, 14, 25, 36}));
}

}  // namespace
}  // namespace hairpin
