#include "optim/make_optimizer.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "nn/linear.h"
#include "optim/adamw.h"

namespace hairpin {
namespace {

// Gradients of the sum of the outputs for (1, x).
void Backward(nn::Linear& layer, Recording& recording, float x = 3) {
  const Variable y =
      layer.Forward(recording.Constant(Tensor::FromValues<float>(Shape({1, 2}), {1, x})));
  const Tensor seed = Tensor::FromValues<float>(Shape({1, 2}), {1, 1});
  recording.Backward(absl::MakeConstSpan(&y, 1), absl::MakeConstSpan(&seed, 1));
}

TEST(MakeOptimizer, EachNameMovesTheWeightsItsOwnWay) {
  EXPECT_EQ(OptimizerNames(), "adamw, adam, sgd, rmsprop, adagrad, lion or muon");
  EXPECT_FALSE(IsOptimizer("newton"));
  EXPECT_FALSE(IsOptimizer(""));
  std::string moved;
  for (const char* name : {"adamw", "adam", "sgd", "rmsprop", "adagrad", "lion", "muon"}) {
    ASSERT_TRUE(IsOptimizer(name));
    nn::Linear layer({.seed = 1}, {.in = 2, .out = 2});
    const auto optimizer = MakeOptimizer(name, layer, {.weight_decay = 0.5});
    for (int step = 0; step < 2; ++step) {
      Recording recording;
      layer.ClearGradients();
      Backward(layer, recording, step == 0 ? 3 : -1);
      optimizer->Step(0.1);
    }
    EXPECT_EQ(optimizer->parameters().size(), 2u) << name;
    const std::string weight =
        std::to_string(optimizer->parameters()[0]->value().ToDoubles()[1]) + " ";
    EXPECT_EQ(moved.find(weight), std::string::npos) << name;
    moved += weight;
  }
}

TEST(MakeOptimizer, GroupsSetWhatTheirPatternsName) {
  nn::Linear layer({.seed = 1}, {.in = 2, .out = 2}), same({.seed = 1}, {.in = 2, .out = 2});
  const auto made = MakeOptimizer(
      "sgd", layer,
      {.weight_decay = 0.5, .momentum = 0, .groups = *ParseGroupRules("bias:weight_decay=0.5, "
                                                                      "learning_rate_factor=0.5")});
  const auto plain = MakeOptimizer("sgd", same, {.weight_decay = 0.5, .momentum = 0});
  for (auto* optimizer : {made.get(), plain.get()}) {
    optimizer->parameters()[1]->value().mutable_data<float>()[0] = 1;
  }
  for (auto* pair : {&layer, &same}) {
    Recording recording;
    Backward(*pair, recording);
  }
  made->Step(0.1);
  plain->Step(0.1);
  EXPECT_EQ(made->parameters()[0]->value().ToDoubles(),
            plain->parameters()[0]->value().ToDoubles());
  // b - 0.1 factor (gradient + decay b), with a gradient of 1.
  EXPECT_FLOAT_EQ(plain->parameters()[1]->value().ToDoubles()[0], 1 - 0.1);
  EXPECT_FLOAT_EQ(made->parameters()[1]->value().ToDoubles()[0], 1 - 0.05 * 1.5);
}

TEST(MakeOptimizer, BiasesDoNotDecay) {
  nn::Linear layer({.seed = 1}, {.in = 2, .out = 2});
  const auto made = MakeOptimizer("adamw", layer, {.weight_decay = 0.5, .beta1 = 0.5});
  nn::Linear same({.seed = 1}, {.in = 2, .out = 2});
  AdamW optimizer(DecayMatricesOnly(same, 0.5), {.beta1 = 0.5});
  for (auto* pair : {&layer, &same}) {
    Recording recording;
    Backward(*pair, recording);
  }
  made->Step(0.1);
  optimizer.Step(0.1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(made->parameters()[i]->value().ToDoubles(),
              optimizer.parameters()[i]->value().ToDoubles());
  }
}

}  // namespace
}  // namespace hairpin
