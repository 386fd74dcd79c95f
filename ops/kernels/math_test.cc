#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/math_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"

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
    case 'e':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Exp(d, v); });
    case 'l':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Log(d, v); });
    case 'b':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return ExpBounded(d, v); });
    case '2':
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Exp2Bounded(d, v); });
    default:
      return Apply(x, n, y, [](auto d, auto v) HWY_ATTR { return Tanh(d, v); });
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
    case 'e':
      return std::exp(x);
    case 'l':
      return std::log(x);
    case 'b':
      return std::exp(x);
    case '2':
      return std::exp2(x);
    default:
      return std::tanh(x);
  }
}

template <typename T, typename R>
void Check(char name, const std::vector<T>& x, double limit) {
  ExpectUlps<T, R>(
      name, x, limit, [&](const auto& in, auto& out) { Run(name, in, out); },
      [&](R argument) { return Reference(name, argument); });
}

TEST(Math, Float32) {
  ASSERT_GT(FloatParts(), 0u);
  for (uint32_t part = 0; part < FloatParts(); ++part) {
    const std::vector<float> x = SomeFloats(part);
    Check<float, double>('e', x, 1.0);
    Check<float, double>('l', x, 1.0);
    Check<float, double>('t', x, 2.5);
  }
}

TEST(Math, Float64) {
  constexpr int kPoints = 100'000;
  Check<double, long double>('e', Grid(-746, 711, kPoints), 1.0);
  Check<double, long double>('l', Grid(0, 3, kPoints), 1.0);
  Check<double, long double>('l', Grid(0, 1e9, kPoints), 1.0);
  Check<double, long double>('t', Grid(-3, 3, kPoints), 2.5);
  Check<double, long double>('t', Grid(-25, 25, kPoints), 2.5);
}

// Of `x` those within +-limit, where results are normal numbers.
template <typename T>
std::vector<T> Within(T limit, std::vector<T> x) {
  std::erase_if(x, [limit](T v) { return !(std::abs(v) <= limit); });
  return x;
}

TEST(BoundedExponentials, Float32) {
  for (uint32_t part = 0; part < FloatParts(); ++part) {
    Check<float, double>('2', Within(126.0f, SomeFloats(part)), 1.2);
    Check<float, double>('b', Within(87.3f, SomeFloats(part)), 1.0);
  }
}
TEST(BoundedExponentials, Float64) {
  Check<double, long double>('2', Within(1022.0, Grid(-1022, 1022, 100'000)), 1.2);
  Check<double, long double>('b', Within(708.3, Grid(-709, 709, 100'000)), 1.0);
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
    Run('b', x, y);
    EXPECT_EQ(y[0], 1);
    EXPECT_EQ(y[3], 0);
    EXPECT_TRUE(std::isnan(y[4]));
    const T bias = Limits::max_exponent - 1;
    x[6] = bias, x[7] = -bias;
    Run('2', x, y);
    EXPECT_EQ(y[0], 1);
    EXPECT_TRUE(std::isnan(y[4]));
    EXPECT_EQ(y[6], std::ldexp(T(1), Limits::max_exponent - 1));
    EXPECT_EQ(y[7], 0);
    Run('l', x, y);
    EXPECT_EQ(y[0], -inf);
    EXPECT_EQ(y[1], -inf);
    EXPECT_EQ(y[2], inf);
    EXPECT_TRUE(std::isnan(y[3]));
    EXPECT_TRUE(std::isnan(y[4]));
    EXPECT_TRUE(std::isnan(y[5]));
    Run('t', x, y);
    EXPECT_TRUE(y[0] == 0 && !std::signbit(y[0]));
    EXPECT_TRUE(y[1] == 0 && std::signbit(y[1]));
    EXPECT_EQ(y[2], 1);
    EXPECT_EQ(y[3], -1);
    EXPECT_TRUE(std::isnan(y[4]));
  });
}

TEST(Math, SpecialsFloat32) { ExpectSpecials<float>(); }
TEST(Math, SpecialsFloat64) { ExpectSpecials<double>(); }

}  // namespace
}  // namespace hairpin
#endif
