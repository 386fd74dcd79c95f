#include "ops/kernels/pow.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "ops/kernels/unary_test_util.h"

namespace hairpin {
namespace {

// Powers of x as functions without an exponent; in twentieths, which a template takes.
template <typename T, int kTwentieths>
void Power(const T* x, int64_t n, T* y) {
  kernels::Pow(x, kTwentieths / 20.0, n, y);
}
template <typename T, int kTwentieths>
void PowerBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx) {
  kernels::PowBackward(x, dy, kTwentieths / 20.0, n, accumulate, dx);
}
template <typename T, int kTwentieths>
UnaryCase<T> PowerCase(const char* name, double low) {
  using L = long double;
  // The exponent as T has it.
  static constexpr T kExponent = static_cast<T>(kTwentieths / 20.0);
  return {name, Power<T, kTwentieths>, PowerBackward<T, kTwentieths>, false, low, 3, 4, 5,
          [](L x) { return std::pow(x, static_cast<L>(kExponent)); },
          [](L x) { return kExponent * std::pow(x, static_cast<L>(kExponent) - 1); }};
}

template <typename T>
std::vector<UnaryCase<T>> Cases() {
  return {
      PowerCase<T, 60>("pow 3", -3),
      PowerCase<T, -40>("pow -2", -3),
      PowerCase<T, 10>("pow 1/2", 0.1),
      PowerCase<T, -70>("pow -7/2", 0.1),
      PowerCase<T, 25>("pow 5/4", 0.1),
      PowerCase<T, 100>("pow 5", -3),
  };
}

TEST(Pow, Float32) {
  for (const auto& c : Cases<float>()) CheckUnaryKernel(c);
}
TEST(Pow, Float64) {
  for (const auto& c : Cases<double>()) CheckUnaryKernel(c);
}

// Where the derivative is p x^(p - 1) with p = 0, and powers that don't exist.
TEST(Pow, PowersOfZeroAndOfNegativeNumbers) {
  ForEachTarget([](const char*) {
    const double x[] = {0, -2}, dy[] = {1, 1};
    double y[2];
    kernels::Pow(x, 0.0, 2, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 1);
    kernels::PowBackward(x, dy, 0.0, 2, false, y);
    EXPECT_TRUE(y[0] == 0 && y[1] == 0);
    kernels::PowBackward(x, dy, 1.0, 2, false, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 1);
    kernels::Pow(x, -1.0, 2, y);
    EXPECT_TRUE(std::isinf(y[0]) && y[1] == -0.5);
    for (const double exponent : {0.5, -1.5, 0.3}) {
      kernels::Pow(x, exponent, 2, y);
      EXPECT_TRUE(std::isnan(y[1])) << exponent;
    }
  });
}

}  // namespace
}  // namespace hairpin
