// What policies make of a graph: which values stay, which run again, and that the
// bits are the same.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/all_policies.h"
#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Flatten;
using testing_ops::Mul;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;
using ::testing::ElementsAre;

using Doubles = std::vector<double>;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

// Which nodes ran again, by number.
std::vector<int64_t> Replayed(const Recording& recording) {
  std::vector<int64_t> nodes;
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    for (int64_t r = 0; r < recording.node(i).replays; ++r) nodes.push_back(i);
  }
  return nodes;
}

// x + (x^2)^2, each Square a node that reads its input: nodes 2 squares and a sum.
Variable Block(Variable x) {
  const Region region(x.recording(), "block");
  Variable y = Square(Square(x));
  return Add(std::move(y), std::move(x));
}

TEST(RegionTest, SegmentsKeepWhatComesIn) {
  Doubles gradient;
  for (const SavedPolicy* policy : {&KeepAll(), &RecomputeSegments()}) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({0.5, 1.25}));
    const Variable loss = Sum(Block(Block(Scale(x, 2))));
    // 0 scale; 1, 2 square, 3 add; 4, 5 square, 6 add; 7 sum.
    if (policy == &KeepAll()) {
      EXPECT_EQ(recording.num_alive_values(), 5);  // saved by four squares, and the loss
      recording.Backward(loss);
      EXPECT_THAT(Replayed(recording), ElementsAre());
      gradient = x.gradient().ToDoubles();
    } else {
      // What comes into a block, and what comes out of the last one: sum is outside.
      EXPECT_EQ(recording.num_alive_values(), 4);
      recording.Backward(loss);
      // The output of a block's first square is read by the second's backward.
      EXPECT_THAT(Replayed(recording), ElementsAre(1, 4));
      EXPECT_EQ(x.gradient().ToDoubles(), gradient);
    }
    EXPECT_EQ(recording.num_alive_values(), 1);  // the loss, by its handle
  }
}

TEST(RegionTest, TheInnerRegionCounts) {
  Recording recording({.policy = &RecomputeSegments()});
  const Variable x = recording.Input(Values({1}));
  {
    const Region outer(recording, "outer");
    Variable y = Square(x);
    {
      const Region inner(recording, "inner");
      y = Square(Square(std::move(y)));
    }
    y = Square(std::move(y));
    EXPECT_STREQ(recording.node(0).scope, "outer");
    EXPECT_STREQ(recording.node(1).scope, "inner");
    EXPECT_STREQ(recording.node(3).scope, "outer");
    EXPECT_EQ(recording.node(0).region, recording.node(3).region);
    EXPECT_NE(recording.node(0).region, recording.node(1).region);
    // What goes in and what comes out of the inner one stay; its middle does not.
    EXPECT_TRUE(recording.node(1).inputs[0].tensor);
    EXPECT_FALSE(recording.node(2).inputs[0].tensor);
    EXPECT_TRUE(recording.node(3).inputs[0].tensor);
  }
  EXPECT_EQ(recording.node(0).region, 1);
}

// The output of an operation must not be written over what its replay starts from.
TEST(RegionTest, AnInputThatIsHeldIsNotWrittenOver) {
  for (const SavedPolicy* policy : {&KeepAll(), &RecomputeSegments()}) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({3}));
    Variable y = Scale(x, 2);  // 6; made outside
    {
      const Region region(recording, "block");
      y = Scale(std::move(y), 5);  // 30; may take over the memory of 6
      y = Square(std::move(y));
    }
    recording.Backward(Sum(std::move(y)));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({2 * 30 * 10})) << policy->name();
  }
}

// Nor may a gradient: backward comes by the last reader of a value first.
TEST(RegionTest, AGradientIsNotWrittenOverWhatIsHeld) {
  for (const SavedPolicy* policy : AllPolicies()) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({3}));
    Variable y = Scale(x, 2), inside;  // y is held for the region
    {
      const Region region(recording, "block");
      inside = Square(Scale(y, 5));  // reads y to make 5 y again
    }
    Variable outside = Square(std::move(y));  // may write dy over y
    recording.Backward(Sum(Add(std::move(inside), std::move(outside))));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({2 * 26 * 4 * 3})) << policy->name();
  }
}

// What was recorded after the loss and needs no backward keeps nothing alive.
TEST(RegionTest, AReaderBehindTheLossHoldsNothing) {
  for (const SavedPolicy* policy : AllPolicies()) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({3}));
    Variable y = recording.Constant(Values({5}));
    {
      const Region region(recording, "block");
      y = Scale(std::move(y), 2);
    }
    const Variable loss = Sum(Mul(x, y));
    const Variable metric = Scale(std::move(y), 0.5);
    recording.Backward(loss);
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({10}));
    EXPECT_EQ(recording.num_alive_values(), 2) << policy->name();  // loss and metric
  }
}

// An evaluation has no backward to hold anything for; nor has a part of a training
// without gradients.
TEST(RegionTest, WithoutGradientsNothingIsHeld) {
  for (const SavedPolicy* policy : AllPolicies()) {
    for (const bool evaluation : {true, false}) {
      Recording recording({.gradients = !evaluation, .policy = policy});
      const NoGradient none(recording);
      Variable y = recording.Input(Values({3}));
      for (int i = 0; i < 3; ++i) y = Block(std::move(y));
      EXPECT_EQ(recording.num_alive_values(), 1) << policy->name();
    }
  }
}

// A view of what is dropped is dropped with it.
TEST(RegionTest, ViewsGoWithWhatTheyShow) {
  for (const SavedPolicy* policy :
       {&KeepAll(), &RecomputeCheap(), &RecomputeSegments(), &RecomputeAll()}) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Tensor::FromValues<double>(Shape({2, 1}), {1, 2}));
    Variable y;
    {
      const Region region(recording, "block");
      y = Square(Flatten(Square(Square(x))));
    }
    const int64_t alive = recording.num_alive_values();
    recording.Backward(Sum(std::move(y)));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({8, 8 * 128.0})) << policy->name();
    EXPECT_EQ(alive, policy == &KeepAll() ? 3 : 1) << policy->name();
    EXPECT_EQ(recording.num_alive_values(), 0) << policy->name();
  }
}

// y = a b, dear: a stand-in for a product.
class DearMul final : public testing_ops::TestOp {
 public:
  const char* name() const override { return "dear_mul"; }
  void Forward(const ForwardArgs& args) const override { mul_.Forward(args); }
  Stages stages() const override { return mul_.stages(); }
  void Backward(int stage, const BackwardArgs& args) const override { mul_.Backward(stage, args); }
  Cost cost(Specs inputs) const override { return {1, 2, false}; }

 private:
  testing_ops::MulOp mul_;
};

TEST(CheapTest, OnlyWhatComesFromKeptValuesIsDropped) {
  Recording recording({.policy = &RecomputeCheap()});
  const Variable a = recording.Input(Values({2})), b = recording.Input(Values({3}));
  Variable y = testing_ops::Run<DearMul>(a, b);  // 0, saved by 1: kept
  y = Square(std::move(y));                      // 1, from a kept value: dropped
  y = Square(std::move(y));                      // 2, from that: dropped
  y = Square(std::move(y));                      // 3
  Variable z = testing_ops::Run<DearMul>(a, b);  // 4, that nobody saves
  z = Scale(std::move(z), 2);                    // 5, from that: kept
  z = Square(std::move(z));                      // 6
  const auto alive = [&](int64_t node) {
    return static_cast<bool>(recording.node(node).outputs[0].tensor);
  };
  EXPECT_TRUE(alive(0));
  EXPECT_FALSE(alive(1));
  EXPECT_FALSE(alive(2));
  EXPECT_FALSE(alive(4));
  EXPECT_TRUE(alive(5));
  const Variable loss = Sum(Add(std::move(y), std::move(z)));
  recording.Backward(loss);
  EXPECT_THAT(Replayed(recording), ElementsAre(1, 2));
  EXPECT_EQ(a.gradient().ToDoubles(), Doubles({8.0 * 279936 * 3 + 2 * 12 * 6}));
}

// z = sum(a) a: reads much and leaves little, which backward reads.
class Reduce final : public testing_ops::TestOp {
 public:
  const char* name() const override { return "reduce"; }
  OutputSpecs InferOutputs(Specs) const override { return {{DType::kFloat64, {1}}}; }
  void Forward(const ForwardArgs& args) const override {
    double sum = 0;
    const Tensor& x = args.input(0);
    for (int64_t i = 0; i < x.num_elements(); ++i) sum += x.data<double>()[i];
    args.output(0).raw<double>()[0] = sum;
  }
  Stages stages() const override { return {}; }
  void Backward(int, const BackwardArgs&) const override {}
  Cost cost(Specs inputs) const override { return {inputs[0].shape.num_elements(), 0, true}; }
};

// A sum of 1024 numbers is kept in 8 bytes rather than made again; one of two is not.
TEST(CheapTest, WhatTakesLittleMemoryIsKept) {
  for (const int64_t elements : {2, 1024}) {
    Recording recording({.policy = &RecomputeCheap()});
    const Variable x = recording.Input(Tensor::Zeros({DType::kFloat64, {elements}}));
    const Variable y = recording.Input(Values({3}));
    const Variable loss = Mul(testing_ops::Run<Reduce>(x), y);
    EXPECT_EQ(static_cast<bool>(recording.node(0).outputs[0].tensor), elements > 2);
    recording.Backward(loss);
    EXPECT_EQ(recording.num_replays(), elements > 2 ? 0 : 1);
  }
}

// Two losses, one after the other: what the second needs is not let go with the
// first.
TEST(RegionTest, PartsOfAGraphOneAfterTheOther) {
  Doubles expected;
  for (const SavedPolicy* policy : AllPolicies()) {
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({1.5}));
    // Recorded in turns: the way back from the first passes by the second.
    Variable y = Block(x), z = Block(Scale(x, 3));
    y = Block(std::move(y)), z = Block(std::move(z));
    const Variable b = Sum(std::move(z)), a = Sum(std::move(y));
    recording.Backward(a);
    recording.Backward(b);
    EXPECT_EQ(recording.num_alive_values(), 2) << policy->name();
    if (policy == &KeepAll()) expected = x.gradient().ToDoubles();
    EXPECT_EQ(x.gradient().ToDoubles(), expected) << policy->name();
  }
}

// A region of one recording is none of another that goes on meanwhile.
TEST(RegionTest, ARegionIsOfItsRecording) {
  Recording recording, other;
  const Region region(recording, "block");
  Square(other.Input(Values({1})));
  Square(recording.Input(Values({1})));
  EXPECT_EQ(other.node(0).region, 0);
  EXPECT_STREQ(other.node(0).scope, "");
  EXPECT_EQ(recording.node(0).region, 1);
  EXPECT_STREQ(recording.node(0).scope, "block");
}

TEST(RegionDeathTest, OpenAndClosed) {
  Recording recording;
  {
    Region region(recording, "twice");
    region.Close();
    EXPECT_DEATH(region.Close(), "Region: closed a second time");
  }
  {
    Region outer(recording, "outer");
    const Region inner(recording, "inner");
    EXPECT_DEATH(outer.Close(), "closed while one that was opened in it is open");
  }
  {
    const Region region(recording, "open");
    EXPECT_DEATH(recording.Reset({}), "Recording::Reset: 1 Regions are still open");
  }
  recording.Reset({});
  EXPECT_DEATH(
      {
        std::optional<Recording> inner(std::in_place);
        const Region region(*inner, "open");
        inner.reset();
      },
      "Recording: 1 Regions outlive it");
}

}  // namespace
}  // namespace hairpin
