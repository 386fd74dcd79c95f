#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/normal_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/normal-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// n is a multiple of 64 elements.
template <typename T>
void TailAndDensity(const T* t, size_t n, T* tail, T* density_scale) {
  const hn::ScalableTag<T> d;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    hn::Vec<decltype(d)> density;
    hn::StoreU(NormalTail(d, hn::LoadU(d, t + i), density), d, tail + i);
    hn::StoreU(density, d, density_scale + i);
  }
}

void TailF32(const float* t, size_t n, float* tail, float* density) {
  TailAndDensity(t, n, tail, density);
}
void TailF64(const double* t, size_t n, double* tail, double* density) {
  TailAndDensity(t, n, tail, density);
}
float EndF32() { return kNormalTailEnd<float>; }
double EndF64() { return kNormalTailEnd<double>; }

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

HWY_EXPORT(TailF32);
HWY_EXPORT(TailF64);
HWY_EXPORT(EndF32);
HWY_EXPORT(EndF64);

void Run(const std::vector<float>& t, std::vector<float>& tail, std::vector<float>& density) {
  HWY_DYNAMIC_DISPATCH(TailF32)(t.data(), t.size(), tail.data(), density.data());
}
void Run(const std::vector<double>& t, std::vector<double>& tail, std::vector<double>& density) {
  HWY_DYNAMIC_DISPATCH(TailF64)(t.data(), t.size(), tail.data(), density.data());
}

// t from 0 to `end`: powers of two at first, then even.
template <typename T>
std::vector<T> Sample(double end) {
  std::vector<T> t = {0};
  for (int e = -140; e < 0; ++e) t.push_back(static_cast<T>(std::ldexp(1.3, e)));
  for (int i = 0; i < 200'000; ++i) t.push_back(static_cast<T>(end * (i + 0.37) / 200'000));
  return t;
}

template <typename T>
void Check(double end) {
  std::vector<T> t = Sample<T>(end);
  t.resize(t.size() / 64 * 64);
  std::vector<T> tail(t.size()), density(t.size());
  ForEachTarget([&](const char* target) {
    Run(t, tail, density);
    double worst = 0, at = 0;
    for (size_t i = 0; i < t.size(); ++i) {
      const long double x = t[i];
      const long double expected = std::erfc(x * 0.70710678118654752440L) / 2;
      const double allowed = 3.5 + static_cast<double>(x * x);
      const double off = UlpDistance(tail[i], expected) / allowed;
      const double density_off = UlpDistance(density[i], std::exp(-x * x / 2)) / allowed;
      if (off > worst) worst = off, at = static_cast<double>(x);
      if (density_off > worst) worst = density_off, at = static_cast<double>(x);
    }
    EXPECT_LE(worst, 1) << "at " << at << " on " << target;
    std::printf("%s f%zu: %.2f of 3.5 + t^2 ulps at %.9g\n", target, 8 * sizeof(T), worst, at);
  });
}

TEST(NormalTail, Float32) { Check<float>(13.1); }
TEST(NormalTail, Float64) { Check<double>(37.5); }

template <typename T>
void ExpectSpecials(T end) {
  std::vector<T> t(64, T(1)), tail(64), density(64);
  t[0] = 0, t[1] = std::numeric_limits<T>::quiet_NaN(), t[2] = end;
  ForEachTarget([&](const char*) {
    Run(t, tail, density);
    EXPECT_EQ(tail[0], T(0.5));
    EXPECT_EQ(density[0], 1);
    EXPECT_TRUE(std::isnan(tail[1]));
    EXPECT_EQ(tail[2], 0);
    EXPECT_EQ(density[2], 0);
  });
}

TEST(NormalTail, SpecialsFloat32) { ExpectSpecials(HWY_DYNAMIC_DISPATCH(EndF32)()); }
TEST(NormalTail, SpecialsFloat64) { ExpectSpecials(HWY_DYNAMIC_DISPATCH(EndF64)()); }

}  // namespace
}  // namespace hairpin
#endif
