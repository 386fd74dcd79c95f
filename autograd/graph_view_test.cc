#include "autograd/graph_view.h"

#include <string>

#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using testing_ops::Mul;
using testing_ops::Square;
using testing_ops::Sum;

TEST(GraphViewTest, ShowsWhoMadeWhatAndWhatIsSaved) {
  Parameter weight("w", Tensor::FromValues<double>({2}, {3, 4}));
  Recording recording({.policy = &RecomputeAll()});
  const Variable x = recording.Constant(Tensor::FromValues<double>({2}, {1, 2}));
  Variable y;
  {
    const Scope scope(recording, std::string("layer.0"));  // a copy is kept
    y = Square(Mul(x, recording.Use(weight)));
  }
  const Variable loss = Sum(std::move(y));
  ASSERT_EQ(recording.num_nodes(), 3);

  const NodeView mul = recording.node(0), square = recording.node(1), sum = recording.node(2);
  EXPECT_STREQ(mul.op->name(), "test_mul");
  EXPECT_STREQ(mul.scope, "layer.0");
  EXPECT_STREQ(square.scope, "layer.0");
  EXPECT_STREQ(sum.scope, "");
  ASSERT_EQ(mul.inputs.size(), 2u);
  EXPECT_TRUE(mul.inputs[0].input());
  EXPECT_EQ(mul.inputs[0].output, 0);
  EXPECT_EQ(mul.inputs[0].parameter, nullptr);
  EXPECT_FALSE(mul.inputs[0].requires_gradient);
  EXPECT_EQ(mul.inputs[1].parameter, &weight);
  EXPECT_EQ(mul.inputs[1].output, 1);
  EXPECT_TRUE(mul.inputs[1].requires_gradient);
  // Its stage reads both factors.
  EXPECT_EQ(mul.inputs[0].saves, 1);
  EXPECT_TRUE(mul.inputs[0].kept);
  // Square reads its input, mul's output, which the policy drops.
  ASSERT_EQ(square.inputs.size(), 1u);
  EXPECT_EQ(square.inputs[0].node, 0);
  EXPECT_EQ(square.inputs[0].saves, 1);
  EXPECT_FALSE(square.inputs[0].kept);
  EXPECT_EQ(square.outputs[0].saves, 0);
  EXPECT_EQ(sum.inputs[0].node, 1);
  EXPECT_EQ(sum.outputs[0].spec.shape, Shape());
  EXPECT_EQ(sum.num_extras, 0);
  EXPECT_EQ(mul.cost.forward_flops, recording.node(0).op->cost(Specs()).forward_flops);

  recording.Backward(loss);
  EXPECT_EQ(recording.node(1).inputs[0].saves, 0);
}

TEST(GraphViewTest, BoundsAreShown) {
  Recording recording;
  const Variable x =
      recording.Constant(Tensor::FromValues<double>({2}, {1, 2}), /*bound=*/Shape({5}));
  Square(x);
  EXPECT_EQ(recording.node(0).outputs[0].spec.shape, Shape({2}));
  EXPECT_EQ(recording.node(0).outputs[0].bound.shape, Shape({5}));
}

TEST(GraphViewDeathTest, NoSuchNode) {
  Recording recording;
  EXPECT_DEATH(recording.node(0), "found node 0");
}

}  // namespace
}  // namespace hairpin
