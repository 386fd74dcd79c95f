#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/math_test.cc"
#include "hwy/foreach_target.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// x.size() is a multiple of 64 elements.
template <typename T, class F>
void Apply(const T* x, size_t n, T* y, F f) {
  const hn::ScalableTag<T> d;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) hn::StoreU(f(d, hn::LoadU(d, x + i)), d, y + i);
}

template <typename T>
void ApplyNamed(char name, const T* x, size_t n, T* y) {
  switch (name) {
    case 'e':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Exp(d, v); });
    case 'l':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Log(d, v); });
    case 't':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Tanh(d, v); });
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
#include <cstdio>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
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

// The reference is one format wider than what it judges.
template <typename R>
R Reference(char name, R x) {
  switch (name) {
    case 'e':
      return std::exp(x);
    case 'l':
      return std::log(x);
    case 't':
      return std::tanh(x);
    case 'f':
      return std::erf(x);
    default:
      return std::erfc(-x * R(0.70710678118654752440L)) / 2;
  }
}

template <typename T, typename R>
void ExpectUlps(char name, std::vector<T> x, double limit) {
  x.resize((x.size() + 63) / 64 * 64, T(0.5));
  std::vector<R> reference(x.size());
  for (size_t i = 0; i < x.size(); ++i) reference[i] = Reference<R>(name, x[i]);
  std::vector<T> y(x.size());
  ForEachTarget([&](const char* target) {
    Run(name, x, y);
    double worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double ulps = UlpDistance(y[i], reference[i]);
      if (ulps > worst) worst = ulps, at = i;
    }
    EXPECT_LE(worst, limit) << name << " of " << x[at] << " is " << y[at] << " on " << target;
    std::printf("%s f%zu %c: %.3f ulps at %.9g\n", target, 8 * sizeof(T), name, worst,
                static_cast<double>(x[at]));
  });
}

// One in `stride` of all floats, infinities and NaNs among them.
std::vector<float> AllFloats(uint32_t stride) {
  std::vector<float> x;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += stride) {
    const uint32_t low = static_cast<uint32_t>(bits);
    float value;
    std::memcpy(&value, &low, sizeof(value));
    x.push_back(value);
  }
  return x;
}

template <typename T>
std::vector<T> Specials() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> x = {0, Limits::denorm_min(), Limits::denorm_min() * 3, Limits::min(),
                      Limits::min() / 2, Limits::epsilon(), T(0.5), 1, T(1.0000001), 2, 10,
                      Limits::max(), Limits::infinity(), T(88.72283), T(88.72284), T(103.9),
                      T(709.782712893384), T(709.7827128933841), T(745.13), T(745.14)};
  const size_t n = x.size();
  for (size_t i = 0; i < n; ++i) x.push_back(-x[i]);
  x.push_back(Limits::quiet_NaN());
  return x;
}

std::vector<double> Grid(double from, double to, int n) {
  std::vector<double> x = Specials<double>();
  for (int i = 0; i <= n; ++i) {
    x.push_back(from + (to - from) * i / n);
    x.push_back(std::ldexp(1 + i / (n + 1.0), -(i % 1080)));
    x.push_back(-x.back());
  }
  return x;
}

constexpr uint32_t kStride = 4099;  // prime

TEST(Math, Float32) {
  const std::vector<float> x = AllFloats(kStride);
  ExpectUlps<float, double>('e', x, 1.0);
  ExpectUlps<float, double>('l', x, 1.0);
  ExpectUlps<float, double>('t', x, 2.5);
  ExpectUlps<float, double>('f', x, 1.2);
}

TEST(Math, Float64) {
  constexpr int kPoints = 100'000;
  ExpectUlps<double, long double>('e', Grid(-746, 711, kPoints), 1.0);
  ExpectUlps<double, long double>('l', Grid(0, 3, kPoints), 1.0);
  ExpectUlps<double, long double>('l', Grid(0, 1e9, kPoints), 1.0);
  ExpectUlps<double, long double>('t', Grid(-3, 3, kPoints), 2.5);
  ExpectUlps<double, long double>('t', Grid(-25, 25, kPoints), 2.5);
  ExpectUlps<double, long double>('f', Grid(-7, 7, kPoints), 1.2);
}

// The tail of the normal distribution inherits the error of exp(-x^2 / 2).
TEST(Math, NormalCdf) {
  std::vector<float> x32;
  std::vector<double> x64;
  for (int i = 0; i <= 100'000; ++i) {
    x32.push_back(-7 + 14 * (i / 1e5f));
    x64.push_back(-9.1 + 18.2 * (i / 1e5));
  }
  ExpectUlps<float, double>('n', x32, 20);
  ExpectUlps<double, long double>('n', x64, 40);
}

template <typename T>
void ExpectSpecials() {
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity();
  std::vector<T> x(64, T(1)), y(64);
  x[0] = T(0), x[1] = -T(0), x[2] = inf, x[3] = -inf, x[4] = Limits::quiet_NaN(), x[5] = -1;
  ForEachTarget([&](const char*) {
    Run('e', x, y);
    EXPECT_EQ(y[0], 1);
    EXPECT_EQ(y[1], 1);
    EXPECT_EQ(y[2], inf);
    EXPECT_EQ(y[3], 0);
    EXPECT_TRUE(std::isnan(y[4]));
    Run('l', x, y);
    EXPECT_EQ(y[0], -inf);
    EXPECT_EQ(y[1], -inf);
    EXPECT_EQ(y[2], inf);
    EXPECT_TRUE(std::isnan(y[3]));
    EXPECT_TRUE(std::isnan(y[4]));
    EXPECT_TRUE(std::isnan(y[5]));
    for (const char name : {'t', 'f'}) {
      Run(name, x, y);
      EXPECT_TRUE(y[0] == 0 && !std::signbit(y[0]));
      EXPECT_TRUE(y[1] == 0 && std::signbit(y[1]));
      EXPECT_EQ(y[2], 1);
      EXPECT_EQ(y[3], -1);
      EXPECT_TRUE(std::isnan(y[4]));
    }
    Run('n', x, y);
    EXPECT_EQ(y[0], T(0.5));
    EXPECT_EQ(y[2], 1);
    EXPECT_EQ(y[3], 0);
    EXPECT_TRUE(std::isnan(y[4]));
  });
}

TEST(Math, SpecialsFloat32) { ExpectSpecials<float>(); }
TEST(Math, SpecialsFloat64) { ExpectSpecials<double>(); }

}  // namespace
}  // namespace hairpin
#endif
