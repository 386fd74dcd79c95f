#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/vector_util_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/vector_util-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// y: the first n of x, and their sum with `rest` in the other lanes. Returns the number of lanes.
template <typename T>
size_t CopyFirst(const T* x, size_t n, T rest, T* y, T* sum) {
  const hn::ScalableTag<T> d;
  n = std::min(n, hn::Lanes(d));  // which the compiler has to know
  const auto v = LoadFirst(d, x, n, rest);
  StoreFirst(v, d, y, n);
  *sum = SumLanes(d, v);
  return hn::Lanes(d);
}

size_t CopyFirstF32(const float* x, size_t n, float rest, float* y, float* sum) {
  return CopyFirst(x, n, rest, y, sum);
}
size_t CopyFirstF64(const double* x, size_t n, double rest, double* y, double* sum) {
  return CopyFirst(x, n, rest, y, sum);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

HWY_EXPORT(CopyFirstF32);
HWY_EXPORT(CopyFirstF64);

template <typename T, class F>
void Check(const F& copy_first) {
  size_t lanes = 1;
  for (size_t n = 0; n <= lanes; ++n) {
    MisalignedArray<T> x(n, n % 3), y(n, 1);
    T expected = 0;
    for (size_t i = 0; i < n; ++i) expected += x[i] = static_cast<T>(i + 1);
    T sum;
    lanes = copy_first(x.data(), n, T(100), y.data(), &sum);
    EXPECT_TRUE(SameBits(x.data(), y.data(), n) && y.Intact()) << n;
    EXPECT_EQ(sum, expected + static_cast<T>(100 * (lanes - n))) << n;
  }
}

TEST(VectorUtil, FirstLanesFloat32) {
  ForEachTarget([](const char*) {
    Check<float>([](auto... arguments) {
      return HWY_DYNAMIC_DISPATCH(CopyFirstF32)(arguments...);
    });
  });
}
TEST(VectorUtil, FirstLanesFloat64) {
  ForEachTarget([](const char*) {
    Check<double>([](auto... arguments) {
      return HWY_DYNAMIC_DISPATCH(CopyFirstF64)(arguments...);
    });
  });
}

}  // namespace
}  // namespace hairpin
#endif
