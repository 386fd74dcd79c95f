#include "optim/adamw.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

// Algorithm 2 of Loshchilov and Hutter, for one element, as they write it:
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
//   p = p - lr (mhat / (sqrt(vhat) + eps) + decay p),  mhat = m / (1 - b1^t)
struct PlainAdamW {
  double value = 0, m = 0, v = 0;

  void Step(double g, double lr, int t, double decay, const AdamWOptions& options) {
    m = options.beta1 * m + (1 - options.beta1) * g;
    v = options.beta2 * v + (1 - options.beta2) * g * g;
    const double mean = m / (1 - std::pow(options.beta1, t));
    const double square = v / (1 - std::pow(options.beta2, t));
    value -= lr * (mean / (std::sqrt(square) + options.epsilon) + decay * value);
  }
};

void ExpectEqualsPlainAdamW(DType dtype, const AdamWOptions& options) {
  SCOPED_TRACE(std::string(Name(dtype)) + " beta1 " + std::to_string(options.beta1));
  constexpr size_t kMatrix = 21, kVector = 5;
  constexpr double kDecay[] = {0.2, 0};
  const double tolerance = dtype == DType::kFloat64 ? 1e-13 : 2e-5;
  Parameter matrix("matrix", Tensor::Zeros({dtype, {3, 7}}));
  Parameter vector("vector", Tensor::Zeros({dtype, {5}}));
  Parameter* const parameters[] = {&matrix, &vector};
  AdamW optimizer({{{&matrix}, kDecay[0]}, {{&vector}, kDecay[1]}}, options);
  std::vector<PlainAdamW> plain[] = {std::vector<PlainAdamW>(kMatrix),
                                     std::vector<PlainAdamW>(kVector)};
  for (int step = 0; step < 8; ++step) {
    const double lr = 0.1 / (1 + step), factor = step % 2 == 0 ? 1 : 0.25;
    for (int p = 0; p < 2; ++p) {
      const std::vector<double> gradient = Gradients(plain[p].size(), 3 * step + p);
      SetGradient(*parameters[p], gradient);
      for (size_t i = 0; i < gradient.size(); ++i) {
        plain[p][i].Step(factor * gradient[i], lr, step + 1, kDecay[p], options);
      }
    }
    optimizer.Step(lr, factor);
    for (int p = 0; p < 2; ++p) {
      const std::vector<double> values = parameters[p]->value().ToDoubles();
      for (size_t i = 0; i < values.size(); ++i) {
        ASSERT_NEAR(values[i], plain[p][i].value, tolerance)
            << parameters[p]->name() << " step " << step << ", element " << i;
      }
    }
  }
  EXPECT_EQ(optimizer.step_count(), 8);
}

TEST(AdamWTest, EqualsTheFormulaInEachGroup) {
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
