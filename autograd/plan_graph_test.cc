#include "autograd/plan_graph.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/priced_op.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

// Nodes 0 to 3: three squares, each of which reads its input in backward, and a sum.
PlanGraph Chain(Recording& recording) {
  Variable x = recording.Input(Tensor::Zeros({DType::kFloat64, {8}}));
  for (int i = 0; i < 3; ++i) x = testing_ops::Square(std::move(x));
  const Variable loss = testing_ops::Sum(std::move(x));
  return PlanGraph(recording);
}

TEST(PlanGraph, CountsWhatBackwardReads) {
  Recording recording;
  const PlanGraph graph = Chain(recording);
  ASSERT_EQ(graph.num_nodes(), 4);
  EXPECT_TRUE(graph.Counts(0));
  EXPECT_TRUE(graph.Counts(1));
  EXPECT_FALSE(graph.Counts(2));
  EXPECT_FALSE(graph.Counts(3));
  EXPECT_THAT(graph.DropOrder(), ElementsAre(0, 1));  // equals: the earlier first
}

// Bytes over what it costs to make them again, with all that must be made before.
TEST(PlanGraph, TheCheapestBytesGoFirst) {
  using testing_ops::Priced;
  Recording recording;
  Variable x = recording.Input(Tensor::Zeros({DType::kFloat64, {8}}));
  x = Priced({.flops = 5000, .saves_input = true}, std::move(x));                   // 0
  x = Priced({.flops = 10, .saves_input = true}, std::move(x));                     // 1
  x = Priced({.flops = 10, .saves_input = true, .elements = 512}, std::move(x));    // 2
  x = Priced({.flops = 700, .saves_input = true, .elements = 16}, std::move(x));    // 3
  x = Priced({.flops = 8000, .saves_input = true}, std::move(x));                   // 4
  x = Priced({.flops = 10, .elements = 64}, std::move(x));  // 5, makes 4 again
  x = Priced({.flops = 10}, std::move(x));                  // 6, makes 5 again
  x = Priced({.flops = 10, .saves_input = true}, std::move(x));                     // 7
  const Variable loss = testing_ops::Sum(std::move(x));
  const PlanGraph graph(recording);
  EXPECT_THAT(graph.DropOrder(), ElementsAre(2, 1, 0, 3, 6));
}

TEST(PlanGraph, CutsWhereAChainIsThin) {
  Recording recording;
  const PlanGraph graph = Chain(recording);
  EXPECT_THAT(graph.joints(), ElementsAre(1));
  EXPECT_THAT(graph.CutAt(0), ElementsAre(false, false, false, false));
  EXPECT_THAT(graph.CutAt(1), ElementsAre(false, true, false, false));
}

TEST(PlanGraph, WhatOthersAreMadeFromIsHeld) {
  Recording recording;
  const PlanGraph graph = Chain(recording);
  EXPECT_THAT(graph.Fates(graph.All()).fates,
              ElementsAre(Fate::kKeep, Fate::kKeep, Fate::kKeep, Fate::kKeep));
  EXPECT_THAT(graph.Fates({true, false, true, true}).fates,
              ElementsAre(Fate::kHold, Fate::kDrop, Fate::kKeep, Fate::kKeep));
  EXPECT_THAT(graph.Fates({false, true, true, true}).fates,
              ElementsAre(Fate::kDrop, Fate::kKeep, Fate::kKeep, Fate::kKeep));
}

}  // namespace
}  // namespace hairpin
