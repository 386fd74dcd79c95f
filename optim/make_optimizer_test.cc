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
