// For tests of vector mathematics: arguments to try, and the error in ulps of what comes out.
#ifndef HAIRPIN_OPS_KERNELS_MATH_TEST_UTIL_H_
#define HAIRPIN_OPS_KERNELS_MATH_TEST_UTIL_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {

// On every target: run(x, y) fills y, which must lie within `limit` ulps of reference(x). R is one
// format wider than T. The number of elements is a multiple of 64.
template <typename T, typename R, class Run, class Reference>
void ExpectUlps(char name, std::vector<T> x, double limit, const Run& run,
                const Reference& reference) {
  x.resize((x.size() + 63) / 64 * 64, T(0.5));
  std::vector<R> expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = reference(static_cast<R>(x[i]));
  std::vector<T> y(x.size());
  ForEachTarget([&](const char* target) {
    run(x, y);
    double worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double ulps = UlpDistance(y[i], expected[i]);
      if (ulps > worst) worst = ulps, at = i;
    }
    EXPECT_LE(worst, limit) << name << " of " << x[at] << " is " << y[at] << " on " << target;
    std::printf("%s f%zu %c: %.3f ulps at %.9g\n", target, 8 * sizeof(T), name, worst,
                static_cast<double>(x[at]));
  });
}

// How many of SomeFloats' kFloatStride parts a test tries: the first, or as many as
// HAIRPIN_FLOAT_PARTS says. All of them are every float there is, and take an hour.
constexpr uint32_t kFloatStride = 4099;  // prime
inline uint32_t FloatParts() {
  const char* const parts = std::getenv("HAIRPIN_FLOAT_PARTS");
  return parts == nullptr ? 1 : static_cast<uint32_t>(std::atoi(parts));
}

// One in kFloatStride of all floats, infinities and NaNs among them.
inline std::vector<float> SomeFloats(uint32_t part = 0) {
  std::vector<float> x;
  for (uint64_t bits = part; bits < (uint64_t{1} << 32); bits += kFloatStride) {
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

inline std::vector<double> Grid(double from, double to, int n) {
  std::vector<double> x = Specials<double>();
  for (int i = 0; i <= n; ++i) {
    x.push_back(from + (to - from) * i / n);
    x.push_back(std::ldexp(1 + i / (n + 1.0), -(i % 1080)));
    x.push_back(-x.back());
  }
  return x;
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_MATH_TEST_UTIL_H_
