#include "optim/lion.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector
constexpr double kDecay = 0.1;

// Algorithm 2 of Chen et al.
void ExpectEqualsPlainLion(DType dtype, const LionOptions& options) {
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  Lion optimizer({{{&weight}, kDecay}}, options);
  std::vector<double> m(kCount);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int, double value) {
    const double c = options.beta1 * m[i] + (1 - options.beta1) * g;
    m[i] = options.beta2 * m[i] + (1 - options.beta2) * g;
    return value - lr * ((c > 0) - (c < 0) + kDecay * value);
  });
}

TEST(LionTest, EqualsTheFormula) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    ExpectEqualsPlainLion(dtype, {});
    ExpectEqualsPlainLion(dtype, {.beta1 = 0.7, .beta2 = 0.95});
  }
}

TEST(LionTest, HasOneMoment) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  Lion optimizer({{.parameters = {&a}}});
  EXPECT_EQ(StateNames(optimizer), (std::vector<std::string>{"a.m"}));
}

TEST(LionDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(Lion({}, {.beta1 = 1}), "Lion: found a beta of 1, expected one in \\[0, 1\\)");
  EXPECT_DEATH(Lion({}, {.beta2 = -0.5}), "found a beta of -0.5");
}

}  // namespace
}  // namespace hairpin
