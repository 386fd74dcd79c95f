#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/erf_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/erf-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// n is a multiple of 64 elements.
template <typename T, class F>
void Apply(const T* x, size_t n, T* y, F f) {
  const hn::ScalableTag<T> d;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) hn::StoreU(f(d, hn::LoadU(d, x + i)), d, y + i);
}

template <typename T>
void ApplyNamed(char name, const T* x, size_t n, T* y) {
  switch (name) {
    case 'f':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Erf(d, v); });
    default:
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR {
        auto density = v;
        return NormalCdf(d, v, density);
      });
  }
}

void ApplyF32(char name, const float* x, size_t n, float* y) { ApplyNamed(name, x, n, y); }
void ApplyF64(char name, const double* x, size_t n, double* y) { ApplyNamed(name, x, n, y); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/math_test_util.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

HWY_EXPORT(ApplyF32);
HWY_EXPORT(ApplyF64);

void Run(char name, const std::vector<float>& x, std::vector<float>& y) {
  HWY_DYNAMIC_DISPATCH(ApplyF32)(name, x.data(), x.size(), y.data());
}
void Run(char name, const std::vector<double>& x, std::vector<double>& y) {
  HWY_DYNAMIC_DISPATCH(ApplyF64)(name, x.data(), x.size(), y.data());
}

template <typename R>
R Reference(char name, R x) {
  switch (name) {
    case 'f':
      return std::erf(x);
    default:
      return std::erfc(-x * R(0.70710678118654752440L)) / 2;
  }
}

template <typename T, typename R>
void Check(char name, const std::vector<T>& x, double limit) {
  ExpectUlps<T, R>(
      name, x, limit, [&](const auto& in, auto& out) { Run(name, in, out); },
      [&](R argument) { return Reference(name, argument); });
}

TEST(Erf, Float32) { Check<float, double>('f', AllFloats(), 1.2); }
TEST(Erf, Float64) { Check<double, long double>('f', Grid(-7, 7, 100'000), 1.2); }

// The tail of the normal distribution inherits the error of exp(-x^2 / 2).
TEST(Erf, NormalCdf) {
  std::vector<float> x32;
  std::vector<double> x64;
  for (int i = 0; i <= 100'000; ++i) {
    x32.push_back(-7 + 14 * (i / 1e5f));
    x64.push_back(-9.1 + 18.2 * (i / 1e5));
  }
  Check<float, double>('n', x32, 20);
  Check<double, long double>('n', x64, 40);
}

template <typename T>
void ExpectSpecials() {
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity();
  std::vector<T> x(64, T(1)), y(64);
  x[0] = T(0), x[1] = -T(0), x[2] = inf, x[3] = -inf, x[4] = Limits::quiet_NaN(), x[5] = -1;
  ForEachTarget([&](const char*) {
    Run('f', x, y);
    EXPECT_TRUE(y[0] == 0 && !std::signbit(y[0]));
    EXPECT_TRUE(y[1] == 0 && std::signbit(y[1]));
    EXPECT_EQ(y[2], 1);
    EXPECT_EQ(y[3], -1);
    EXPECT_TRUE(std::isnan(y[4]));
    Run('n', x, y);
    EXPECT_EQ(y[0], T(0.5));
    EXPECT_EQ(y[2], 1);
    EXPECT_EQ(y[3], 0);
    EXPECT_TRUE(std::isnan(y[4]));
  });
}

TEST(Erf, SpecialsFloat32) { ExpectSpecials<float>(); }
TEST(Erf, SpecialsFloat64) { ExpectSpecials<double>(); }

}  // namespace
}  // namespace hairpin
#endif
