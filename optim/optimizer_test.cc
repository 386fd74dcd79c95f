#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "optim/adamw.h"
#include "nn/module.h"
#include "optim/clip.h"
#include "optim/optimizer.h"
#include "optim/sgd.h"

namespace hairpin {
namespace {

void SetGradient(Parameter& parameter, std::vector<double> values) {
  parameter.GradientMemory() = Tensor::FromValues<double>(parameter.spec().shape, values);
  parameter.MarkGradient();
}

class TwoParameters : public nn::Module {
 public:
  explicit TwoParameters(const nn::ModuleContext& context)
      : bias(AddParameter(context, "bias", {2}, nn::ConstantInitializer(0))),
        weight(AddParameter(context, "weight", {2, 3}, nn::ConstantInitializer(0))) {}
  Parameter &bias, &weight;
};

TEST(OptimizerTest, MatricesDecayAndVectorsDoNot) {
  TwoParameters module({});
  const std::vector<ParameterGroup> groups = DecayMatricesOnly(module, 0.25);
  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].parameters, std::vector<Parameter*>{&module.weight});
  EXPECT_EQ(groups[0].weight_decay, 0.25);
  EXPECT_EQ(groups[1].parameters, std::vector<Parameter*>{&module.bias});
  EXPECT_EQ(groups[1].weight_decay, 0);
  module.bias.set_requires_gradient(false);
  EXPECT_EQ(ParametersOf(module), std::vector<Parameter*>{&module.weight});
}

// The first step of Adam is lr * sign(g), whatever the gradient's size.
TEST(AdamWTest, FirstStepIsTheSignAfterTheDecay) {
  Parameter weight("w", Tensor::FromValues<double>({1, 2}, {1, 1}));
  AdamW optimizer({{.parameters = {&weight}, .weight_decay = 0.5}}, {.epsilon = 0});
  SetGradient(weight, {3, -40});
  optimizer.Step(0.1, 0.01);
  EXPECT_NEAR(weight.value().ToDoubles()[0], 0.95 - 0.1, 1e-14);
  EXPECT_NEAR(weight.value().ToDoubles()[1], 0.95 + 0.1, 1e-14);
  EXPECT_EQ(optimizer.step_count(), 1);
}

TEST(AdamWTest, LeavesAloneWhatHasNoGradient) {
  Parameter weight("w", Tensor::FromValues<double>({1, 2}, {1, 1}));
  AdamW optimizer({{.parameters = {&weight}, .weight_decay = 0.5}});
  optimizer.Step(0.1);
  EXPECT_EQ(weight.value().ToDoubles(), (std::vector<double>{1, 1}));
  std::vector<std::string> seen;
  optimizer.VisitState([&](const std::string& name, Tensor&) { seen.push_back(name); });
  EXPECT_EQ(seen, (std::vector<std::string>{"w.m", "w.v"}));
}

TEST(AdamWTest, DryStepCountsItsStateAndComputesNothing) {
  Allocator dry(Allocator::Kind::kDry);
  {
    Parameter weight("w", Tensor::Zeros({DType::kFloat32, {100}}, Purpose::kParameter, dry));
    AdamW optimizer({{.parameters = {&weight}}});
    weight.GradientMemory();
    weight.MarkGradient();
    optimizer.Step(0.1, ClipFactor(GlobalGradientNorm(std::vector<Parameter*>{&weight}), 1));
    EXPECT_EQ(dry.account().live(Purpose::kOptimizer), 2 * 448);
    EXPECT_EQ(dry.account().live(Purpose::kGradient), 448);
  }
  EXPECT_EQ(dry.account().live_total(), 0);
}

TEST(SgdTest, MomentumIsFilledThenAddedTo) {
  Parameter weight("w", Tensor::FromValues<double>({1}, {0}));
  Sgd optimizer({{.parameters = {&weight}}}, {.momentum = 0.5, .dampening = 0.5});
  SetGradient(weight, {1});
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -1);  // buffer 1
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -2);  // buffer 0.5 * 1 + 0.5 * 1
  weight.ClearGradient();
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -2);
}

TEST(ClipTest, NormIsOverAllGradientsThatThereAre) {
  Parameter a("a", Tensor::Zeros({DType::kFloat64, {2}}));
  Parameter b("b", Tensor::Zeros({DType::kFloat64, {1}}));
  Parameter none("none", Tensor::Zeros({DType::kFloat64, {1}}));
  SetGradient(a, {2, 3});
  SetGradient(b, {6});
  EXPECT_DOUBLE_EQ(GlobalGradientNorm(std::vector<Parameter*>{&a, &none, &b}), 7);
}

TEST(ClipTest, FactorShrinksOnlyAndKeepsNan) {
  EXPECT_DOUBLE_EQ(ClipFactor(4, 1), 1 / 4.000001);
  EXPECT_EQ(ClipFactor(0.5, 1), 1);
  EXPECT_LT(ClipFactor(1, 1), 1);
  EXPECT_EQ(ClipFactor(100, 0), 1);
  EXPECT_EQ(ClipFactor(std::numeric_limits<double>::infinity(), 1), 0);
  EXPECT_TRUE(std::isnan(ClipFactor(std::numeric_limits<double>::quiet_NaN(), 1)));
}

}  // namespace
}  // namespace hairpin
