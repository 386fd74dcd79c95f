#include "ops/kernels/sigmoid.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "ops/kernels/unary_test_util.h"

namespace hairpin {
namespace {

long double Logistic(long double x) { return 1 / (1 + std::exp(-x)); }
long double SiluSlope(long double x) { return Logistic(x) * (1 + x * Logistic(-x)); }

template <typename T>
std::vector<UnaryCase<T>> Cases() {
  using L = long double;
  return {
      {"sigmoid", kernels::Sigmoid<T>, kernels::SigmoidBackward<T>, true, -20, 4, 3, 100,
       Logistic, [](L x) { return Logistic(x) * Logistic(-x); }},
      // Right and left of the zero of the slope.
      {"silu", kernels::Silu<T>, kernels::SiluBackward<T>, false, -1, 6, 3, 12,
       [](L x) { return x * Logistic(x); }, SiluSlope},
      {"silu, left", kernels::Silu<T>, kernels::SiluBackward<T>, false, -20, -1.6, 3, 12,
       [](L x) { return x * Logistic(x); }, SiluSlope},
  };
}

TEST(Sigmoid, Float32) {
  for (const auto& c : Cases<float>()) CheckUnaryKernel(c);
}
TEST(Sigmoid, Float64) {
  for (const auto& c : Cases<double>()) CheckUnaryKernel(c);
}

TEST(Sigmoid, NanAndInfinity) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    const float x[] = {nan, inf, -inf};
    float y[3];
    kernels::Sigmoid(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == 1 && y[2] == 0);
  });
}

}  // namespace
}  // namespace hairpin
