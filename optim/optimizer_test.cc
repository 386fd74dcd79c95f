#include "optim/optimizer.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nn/module.h"
#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/lion.h"
#include "optim/muon.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"
#include "optim/test_util.h"

namespace hairpin {
namespace {

class ThreeParameters : public nn::Module {
 public:
  explicit ThreeParameters(const nn::ModuleContext& context)
      : bias(AddParameter(context, "bias", {2}, nn::ConstantInitializer(0))),
        weight(AddParameter(context, "weight", {2, 3}, nn::ConstantInitializer(0))),
        kernel(AddParameter(context, "kernel", {1, 2, 1}, nn::ConstantInitializer(0))) {}
  Parameter &bias, &weight, &kernel;
};

TEST(OptimizerTest, MatricesDecayAndVectorsDoNot) {
  ThreeParameters module({});
  const std::vector<ParameterGroup> groups = DecayMatricesOnly(module, 0.25);
  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].parameters, (std::vector<Parameter*>{&module.weight, &module.kernel}));
  EXPECT_EQ(groups[0].weight_decay, 0.25);
  EXPECT_EQ(groups[1].parameters, std::vector<Parameter*>{&module.bias});
  EXPECT_EQ(groups[1].weight_decay, 0);
}

TEST(OptimizerTest, FrozenParametersAreLeftOut) {
  ThreeParameters module({});
  EXPECT_EQ(ParametersOf(module),
            (std::vector<Parameter*>{&module.bias, &module.weight, &module.kernel}));
  module.weight.set_requires_gradient(false);
  EXPECT_EQ(ParametersOf(module), (std::vector<Parameter*>{&module.bias, &module.kernel}));
  EXPECT_EQ(DecayMatricesOnly(module, 1)[0].parameters, std::vector<Parameter*>{&module.kernel});
}

struct Kind {
  std::string name;
  std::function<std::unique_ptr<Optimizer>(std::vector<ParameterGroup>)> make;
};

class EveryOptimizerTest : public ::testing::TestWithParam<Kind> {};

TEST_P(EveryOptimizerTest, HoldsTheParametersInTheOrderOfTheGroups) {
  ThreeParameters module({});
  const auto optimizer = GetParam().make(DecayMatricesOnly(module, 0.1));
  EXPECT_EQ(optimizer->parameters(),
            (std::vector<Parameter*>{&module.weight, &module.kernel, &module.bias}));
}

// With a decay that would be seen, too.
TEST_P(EveryOptimizerTest, LeavesAloneWhatHasNoGradient) {
  Parameter still("still", Tensor::FromValues<double>({1, 2}, {1, 1}));
  Parameter moved("moved", Tensor::FromValues<double>({1, 2}, {1, 1}));
  const auto optimizer = GetParam().make({{{&still, &moved}, 0.5}});
  SetGradient(moved, {1, 1});
  optimizer->Step(0.1);
  EXPECT_EQ(optimizer->step_count(), 1);
  EXPECT_EQ(still.value().ToDoubles(), (std::vector<double>{1, 1}));
  EXPECT_NE(moved.value().ToDoubles(), (std::vector<double>{1, 1}));
}

// Two parameters under two decays go where each goes alone under its own.
TEST_P(EveryOptimizerTest, EachGroupHasItsOwnDecay) {
  constexpr size_t kCount = 9;
  const Tensor ones = Tensor::FromValues<double>({3, 3}, std::vector<double>(kCount, 1.0));
  Parameter first("first", ones.Clone()), second("second", ones.Clone());
  Parameter first_alone("first", ones.Clone()), second_alone("second", ones.Clone());
  const auto both = GetParam().make({{{&first}, 0.25}, {{&second}, 0}});
  const auto alone = GetParam().make({{{&first_alone}, 0.25}});
  const auto other_alone = GetParam().make({{{&second_alone}, 0}});
  for (int i = 0; i < 3; ++i) {
    SetGradient(first, Gradients(kCount, i));
    SetGradient(first_alone, Gradients(kCount, i));
    SetGradient(second, Gradients(kCount, i));
    SetGradient(second_alone, Gradients(kCount, i));
    for (Optimizer* optimizer : {both.get(), alone.get(), other_alone.get()}) optimizer->Step(0.1);
    EXPECT_EQ(first.value().ToDoubles(), first_alone.value().ToDoubles()) << i;
    EXPECT_EQ(second.value().ToDoubles(), second_alone.value().ToDoubles()) << i;
  }
  EXPECT_NE(first.value().ToDoubles(), second.value().ToDoubles());
}

// A group's factor is that of the rate: half of twice the rate is the rate.
TEST_P(EveryOptimizerTest, EachGroupHasItsOwnRate) {
  const std::vector<double> ones(9, 1.0);
  Parameter half("half", Tensor::FromValues<double>({3, 3}, ones));
  Parameter whole("whole", Tensor::FromValues<double>({3, 3}, ones));
  const auto halved = GetParam().make(
      {{.parameters = {&half}, .weight_decay = 0.25, .learning_rate_factor = 0.5}});
  const auto other = GetParam().make({{{&whole}, 0.25}});
  for (int i = 0; i < 3; ++i) {
    SetGradient(half, Gradients(9, i));
    SetGradient(whole, Gradients(9, i));
    halved->Step(0.25);
    other->Step(0.125);
    EXPECT_EQ(half.value().ToDoubles(), whole.value().ToDoubles()) << i;
  }
}

// The state that is visited and the number of steps are all that the next step needs beside the
// parameter: copied to a new optimizer, they give the same bits.
TEST_P(EveryOptimizerTest, GoesOnFromTheStateThatItVisits) {
  constexpr size_t kCount = 9;
  const auto step = [](Parameter& parameter, Optimizer& optimizer, int i) {
    SetGradient(parameter, Gradients(kCount, i));
    optimizer.Step(0.1);
  };
  Parameter first("w", Tensor::Zeros({DType::kFloat32, {3, 3}}));
  const auto optimizer = GetParam().make({{{&first}, 0.1}});
  for (int i = 0; i < 3; ++i) step(first, *optimizer, i);

  Parameter second("w", first.value().Clone());
  const auto resumed = GetParam().make({{{&second}, 0.1}});
  std::map<std::string, Tensor> state;
  optimizer->VisitState([&](const std::string& name, Tensor& tensor) {
    state[name] = tensor.Clone();
  });
  resumed->VisitState([&](const std::string& name, Tensor& tensor) {
    ASSERT_EQ(state.count(name), 1) << name;
    EXPECT_NE(tensor.ToDoubles(), state[name].ToDoubles()) << name;
    tensor.CopyFrom(state[name]);
  });
  resumed->set_step_count(optimizer->step_count());
  for (int i = 3; i < 6; ++i) {
    step(first, *optimizer, i);
    step(second, *resumed, i);
    EXPECT_EQ(first.value().ToDoubles(), second.value().ToDoubles()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryOptimizerTest,
    ::testing::Values(
        Kind{"Adagrad",
             [](auto groups) {
               return std::make_unique<Adagrad>(
                   std::move(groups), AdagradOptions{.rate_decay = 0.3, .initial_sum = 0.5});
             }},
        Kind{"Adam", [](auto groups) { return std::make_unique<Adam>(std::move(groups)); }},
        Kind{"AdamW", [](auto groups) { return std::make_unique<AdamW>(std::move(groups)); }},
        Kind{"Lion", [](auto groups) { return std::make_unique<Lion>(std::move(groups)); }},
        Kind{"Muon", [](auto groups) { return std::make_unique<Muon>(std::move(groups)); }},
        Kind{"RmsProp", [](auto groups) { return std::make_unique<RmsProp>(std::move(groups)); }},
        Kind{"RmsPropCenteredWithMomentum",
             [](auto groups) {
               return std::make_unique<RmsProp>(
                   std::move(groups),
                   RmsPropOptions{.alpha = 0.5, .momentum = 0.9, .centered = true});
             }},
        Kind{"Sgd", [](auto groups) { return std::make_unique<Sgd>(std::move(groups)); }},
        Kind{"SgdWithMomentum",
             [](auto groups) {
               return std::make_unique<Sgd>(
                   std::move(groups),
                   SgdOptions{.momentum = 0.9, .dampening = 0.5});
             }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace hairpin
