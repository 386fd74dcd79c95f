#include "ops/kernels/gelu.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "ops/kernels/unary_test_util.h"

namespace hairpin {
namespace {

long double Phi(long double x) { return std::erfc(-x * 0.70710678118654752440L) / 2; }

constexpr long double kGeluC1 = 2 * 0.79788456080286535588L, kGeluC3 = 0.044715L * kGeluC1;
long double GeluTanhGate(long double x) {
  return 1 / (1 + std::exp(-(kGeluC1 * x + kGeluC3 * x * x * x)));
}
long double GeluTanhSlope(long double x) {
  const long double s = GeluTanhGate(x);
  return s * (1 + x * (1 - s) * (kGeluC1 + 3 * kGeluC3 * x * x));
}

template <typename T>
std::vector<UnaryCase<T>> Cases() {
  using L = long double;
  return {
      {"gelu", kernels::Gelu<T>, kernels::GeluBackward<T>, false, -2, 4, 10, 2000,
       [](L x) { return x * Phi(x); },
       [](L x) { return Phi(x) + x * std::exp(-x * x / 2) * 0.39894228040143267794L; }},
      // 1 - s has the rounding of s near 1, times x 2u', up to 90.
      {"gelu_tanh", kernels::GeluTanh<T>, kernels::GeluTanhBackward<T>, false, -0.5, 6, 5, 60,
       [](L x) { return x * GeluTanhGate(x); }, GeluTanhSlope},
      // exp(2u) has the error of 2u, up to 18 there, times 2u.
      {"gelu_tanh, left", kernels::GeluTanh<T>, kernels::GeluTanhBackward<T>, false, -5, -1, 30,
       60, [](L x) { return x * GeluTanhGate(x); }, GeluTanhSlope},
  };
}

TEST(Gelu, Float32) {
  for (const auto& c : Cases<float>()) CheckUnaryKernel(c);
}
TEST(Gelu, Float64) {
  for (const auto& c : Cases<double>()) CheckUnaryKernel(c);
}

TEST(Gelu, NanAndInfinity) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    const float x[] = {nan, inf};
    float y[2];
    kernels::Gelu(x, 2, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == inf);
    // Where x^3 would be infinite the slope is still that of x.
    const float large[] = {1e30f, -1e30f}, ones[] = {1, 1};
    kernels::GeluTanhBackward(large, ones, 2, false, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 0);
  });
}

}  // namespace
}  // namespace hairpin
