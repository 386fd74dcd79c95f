#include "optim/adamw.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector
constexpr double kDecay = 0.1;

// Algorithm 2 of Loshchilov and Hutter: the decay is apart from the gradient.
void ExpectEqualsPlainAdamW(DType dtype, const AdamWOptions& options) {
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  AdamW optimizer({{{&weight}, kDecay}}, options);
  std::vector<double> m(kCount), v(kCount);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int t, double value) {
    m[i] = options.beta1 * m[i] + (1 - options.beta1) * g;
    v[i] = options.beta2 * v[i] + (1 - options.beta2) * g * g;
    const double mean = m[i] / (1 - std::pow(options.beta1, t));
    const double square = v[i] / (1 - std::pow(options.beta2, t));
    return value - lr * (mean / (std::sqrt(square) + options.epsilon) + kDecay * value);
  });
}

TEST(AdamWTest, EqualsTheFormula) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    ExpectEqualsPlainAdamW(dtype, {});
    ExpectEqualsPlainAdamW(dtype, {.beta1 = 0.7, .beta2 = 0.95, .epsilon = 1e-3});
  }
}

// The first step of Adam is lr * sign(g), whatever the gradient's size.
TEST(AdamWTest, FirstStepIsTheSignAfterTheDecay) {
  Parameter weight("w", Tensor::FromValues<double>({1, 2}, {1, 1}));
  AdamW optimizer({{.parameters = {&weight}, .weight_decay = 0.5}}, {.epsilon = 0});
  SetGradient(weight, {3, -40});
  optimizer.Step(0.1, 0.01);
  EXPECT_NEAR(weight.value().ToDoubles()[0], 0.95 - 0.1, 1e-14);
  EXPECT_NEAR(weight.value().ToDoubles()[1], 0.95 + 0.1, 1e-14);
}

TEST(AdamWTest, HasTwoMomentsForEachParameter) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  Parameter b("b", Tensor::Zeros({DType::kFloat64, {3}}));
  AdamW optimizer({{.parameters = {&a}}, {.parameters = {&b}}});
  EXPECT_EQ(StateNames(optimizer), (std::vector<std::string>{"a.m", "a.v", "b.m", "b.v"}));
  std::vector<TensorSpec> specs;
  optimizer.VisitState([&](const std::string&, Tensor& state) { specs.push_back(state.spec()); });
  EXPECT_EQ(specs, (std::vector<TensorSpec>{a.spec(), a.spec(), b.spec(), b.spec()}));
}

TEST(AdamWTest, DryStepCountsItsStateAndComputesNothing) {
  Allocator dry(Allocator::Kind::kDry);
  {
    Parameter weight("w", Tensor::Zeros({DType::kFloat32, {100}}, Purpose::kParameter, dry));
    AdamW optimizer({{.parameters = {&weight}}});
    weight.GradientMemory();
    weight.MarkGradient();
    optimizer.Step(0.1);
    EXPECT_EQ(dry.account().live(Purpose::kOptimizer), 2 * 448);
    EXPECT_EQ(dry.account().live(Purpose::kGradient), 448);
  }
  EXPECT_EQ(dry.account().live_total(), 0);
}

}  // namespace
}  // namespace hairpin
