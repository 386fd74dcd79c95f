#include "ops/kernels/copy.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

// y's element by y's row-major index, worked out one by one.
template <typename T>
std::vector<T> ReferencePermute(const std::vector<T>& x, const Shape& shape,
                                const std::vector<int>& axes) {
  const kernels::Strides strides = kernels::ContiguousStrides(shape);
  std::vector<T> y(x.size());
  for (size_t i = 0; i < y.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i), at = 0;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      at += rest % shape[axes[axis]] * strides[axes[axis]];
      rest /= shape[axes[axis]];
    }
    y[i] = x[at];
  }
  return y;
}

template <typename T>
void CheckPermutations(const Shape& shape) {
  std::vector<T> x(static_cast<size_t>(shape.num_elements()));
  std::iota(x.begin(), x.end(), T(1));
  std::vector<int> axes(static_cast<size_t>(shape.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  do {
    const std::vector<T> expected = ReferencePermute(x, shape, axes);
    std::vector<T> y(x.size(), T(3));
    kernels::Permute(x.data(), shape, axes.data(), true, y.data());
    for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], expected[i] + T(3)) << shape;
    kernels::Permute(x.data(), shape, axes.data(), false, y.data());
    ASSERT_EQ(y, expected) << shape;
  } while (std::next_permutation(axes.begin(), axes.end()));
}

TEST(Permute, AllOrdersOfAxes) {
  ForEachThreadCount([] {
    for (const Shape& shape :
         {Shape(), Shape({5}), Shape({17, 33}), Shape({1, 7}), Shape({3, 4, 5}),
          Shape({40, 3, 50}), Shape({2, 1, 3, 4}), Shape({2, 3, 4, 5, 3}),
          Shape({2, 3, 1, 4, 2, 3}), Shape({3, 0, 2}), Shape({130, 150})}) {
      CheckPermutations<float>(shape);
      CheckPermutations<double>(shape);
      CheckPermutations<int32_t>(shape);
    }
  });
}

TEST(StridedCopy, SlicesAndParts) {
  std::vector<float> x(6 * 7), y(6 * 7, -1.0f);
  std::iota(x.begin(), x.end(), 0.0f);
  // Rows 1 to 4, columns 2 to 6 of x to the same place of y.
  kernels::StridedCopy(x.data() + 9, {7, 1}, Shape({4, 5}), false, y.data() + 9, {7, 1});
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 7; ++j) {
      const bool inside = i >= 1 && i < 5 && j >= 2;
      EXPECT_EQ(y[i * 7 + j], inside ? x[i * 7 + j] : -1);
    }
  }
  // Every second number, added to every third.
  std::vector<double> a(20), b(30, 1.0);
  std::iota(a.begin(), a.end(), 0.0);
  kernels::StridedCopy(a.data(), {2}, Shape({10}), true, b.data(), {3});
  for (int i = 0; i < 30; ++i) EXPECT_EQ(b[i], i % 3 == 0 ? 1 + i / 3 * 2 : 1);
  // A row spread over rows: x does not move along the first axis.
  std::vector<int32_t> row = {1, 2, 3}, rows(6);
  kernels::StridedCopy(row.data(), {0, 1}, Shape({2, 3}), false, rows.data(), {3, 1});
  EXPECT_EQ(rows, (std::vector<int32_t>{1, 2, 3, 1, 2, 3}));
}

TEST(Copy, LengthsAndThreads) {
  ForEachThreadCount([] {
    for (const size_t n : {0, 1, 5, 33, 40'001}) {
      MisalignedArray<float> x(n, 1), y(n, 2);
      FillRandom(x, -1, 1, 1);
      const int64_t count = static_cast<int64_t>(n);
      kernels::Copy(x.data(), count, false, y.data());
      EXPECT_TRUE(SameBits(x.data(), y.data(), n) && y.Intact());
      kernels::Copy(x.data(), count, true, y.data());
      for (size_t i = 0; i < n; ++i) ASSERT_EQ(y[i], x[i] + x[i]);
      kernels::Fill(2.5f, count, y.data());
      for (size_t i = 0; i < n; ++i) ASSERT_EQ(y[i], 2.5f);
      EXPECT_TRUE(y.Intact());
    }
  });
}

}  // namespace
}  // namespace hairpin
