#include "optim/adam.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector
constexpr double kDecay = 0.1;

// Algorithm 1 of Kingma and Ba, the decay a part of the gradient.
void ExpectEqualsPlainAdam(DType dtype, const AdamOptions& options) {
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  Adam optimizer({{{&weight}, kDecay}}, options);
  std::vector<double> m(kCount), v(kCount);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int t, double value) {
    g += kDecay * value;
    m[i] = options.beta1 * m[i] + (1 - options.beta1) * g;
    v[i] = options.beta2 * v[i] + (1 - options.beta2) * g * g;
    const double mean = m[i] / (1 - std::pow(options.beta1, t));
    const double square = v[i] / (1 - std::pow(options.beta2, t));
    return value - lr * mean / (std::sqrt(square) + options.epsilon);
  });
}

TEST(AdamTest, EqualsTheFormula) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    ExpectEqualsPlainAdam(dtype, {});
    ExpectEqualsPlainAdam(dtype, {.beta1 = 0.7, .beta2 = 0.95, .epsilon = 1e-3});
  }
}

TEST(AdamTest, HasTwoMoments) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  Adam optimizer({{.parameters = {&a}}});
  EXPECT_EQ(StateNames(optimizer), (std::vector<std::string>{"a.m", "a.v"}));
}

TEST(AdamDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(Adam({}, {.beta1 = 1}), "Adam: found beta1 1, expected one in \\[0, 1\\)");
  EXPECT_DEATH(Adam({}, {.beta2 = -0.5}), "found beta2 -0.5");
  EXPECT_DEATH(Adam({}, {.epsilon = -1e-8}), "found epsilon -1e-08, expected at least 0");
}

}  // namespace
}  // namespace hairpin
