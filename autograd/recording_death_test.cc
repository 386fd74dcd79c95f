// What a caller can do wrong, and that the message says what it was.
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/all_policies.h"
#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Bell;
using testing_ops::Mul;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

class RecordingDeathTest : public testing::Test {
 protected:
  Recording recording_;
};

TEST_F(RecordingDeathTest, GradientOfWhatIsNoScalar) {
  const Variable y = Square(recording_.Input(Values({1, 2})));
  EXPECT_DEATH(recording_.Backward(y), "a gradient was asked of shape \\[2\\]");
  const Tensor seed = Values({1, 2, 3});
  EXPECT_DEATH(recording_.Backward({&y, 1}, {&seed, 1}), "root of float64\\[2\\] and seed of");
  EXPECT_DEATH(recording_.Backward(Variable()), "the root is an empty Variable");
}

TEST_F(RecordingDeathTest, GradientOfWhatDependsOnNothing) {
  const Variable loss = Sum(recording_.Constant(Values({1, 2})));
  EXPECT_DEATH(recording_.Backward(loss), "depends on nothing that requires a gradient");
}

TEST_F(RecordingDeathTest, BackwardTwice) {
  const Variable x = recording_.Input(Values({1, 2}));
  const Variable square = Square(x);
  const Variable loss = Sum(square), other = Sum(Scale(square, 2));
  recording_.Backward(loss);
  EXPECT_DEATH(recording_.Backward(loss), "test_sum: backward a second time");
  // Through a part that both losses share.
  EXPECT_DEATH(recording_.Backward(other), "test_square: backward a second time");
}

// A gradient that an earlier backward left must not count as one of this.
TEST_F(RecordingDeathTest, ARetainedGradientIsNoSecondBackward) {
  const Variable x = recording_.Input(Values({1, 2})), z = recording_.Input(Values({3, 4}));
  const Variable square = Square(x);
  recording_.RetainGradient(square);
  recording_.Backward(Sum(square));
  recording_.Backward(Sum(Square(z)));
  EXPECT_EQ(square.gradient().ToDoubles(), std::vector<double>({1, 1}));
  EXPECT_EQ(x.gradient().ToDoubles(), std::vector<double>({2, 4}));
  EXPECT_EQ(z.gradient().ToDoubles(), std::vector<double>({6, 8}));
}

// Nor must one hide that the second backward came: it is added to where it lies.
TEST_F(RecordingDeathTest, BackwardTwiceThroughARetainedGradient) {
  const Variable x = recording_.Input(Values({1, 2}));
  const Variable rows = recording_.Constant(Tensor::FromValues<double>({2, 2}, {1, 2, 3, 4}));
  const Variable square = Square(x);
  recording_.RetainGradient(square);
  const Variable other = Sum(Mul(square, recording_.Constant(Values({5, 7}))));
  const Variable broadcast = Sum(Add(rows, square));
  recording_.Backward(Sum(square));
  EXPECT_DEATH(recording_.Backward(other), "test_square: backward a second time");
  EXPECT_DEATH(recording_.Backward(broadcast), "test_square: backward a second time");
}

TEST_F(RecordingDeathTest, ASavedInputThatChanged) {
  Parameter weight("decoder.weight", Values({1, 2}));
  const Variable loss = Sum(Mul(recording_.Input(Values({3, 4})), recording_.Use(weight)));
  weight.value().mutable_data<double>()[0] = 5;
  EXPECT_DEATH(recording_.Backward(loss),
               "test_mul.*of shape \\[2\\] was changed after it was saved for backward.*"
               "decoder.weight");
}

// Between two reads: each reader is checked against what it read itself.
TEST_F(RecordingDeathTest, AChangeBetweenTwoReaders) {
  Parameter weight("decoder.weight", Values({1, 2}));
  const Variable x = recording_.Input(Values({3, 4}));
  Variable first = Mul(x, recording_.Use(weight));
  weight.value().mutable_data<double>()[0] = 5;
  Variable second = Mul(x, recording_.Use(weight));
  const Variable loss = Sum(Add(std::move(first), std::move(second)));
  EXPECT_DEATH(recording_.Backward(loss), "test_mul.*was changed after it was saved");
}

// An input that only a replay reads must not have changed either. What needs no
// replay does not mind.
TEST(ReplayDeathTest, AReplayedInputThatChanged) {
  std::vector<const SavedPolicy*> droppers;
  for (const SavedPolicy* policy : AllPolicies()) {
    SCOPED_TRACE(policy->name());
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({1, 2}));
    Tensor data = Values({3, 4});
    const Variable loss = Sum(Square(Add(x, recording.Constant(data))));
    const bool dropped = !recording.node(0).outputs[0].tensor;
    data.SetZero();
    if (dropped) {
      droppers.push_back(policy);
      EXPECT_DEATH(recording.Backward(loss), "was changed after it was saved for backward");
    } else {
      recording.Backward(loss);
      EXPECT_EQ(x.gradient().ToDoubles(), std::vector<double>({8, 12}));
    }
  }
  EXPECT_THAT(droppers, AllOf(Contains(&RecomputeAll()), Contains(&RecomputeCheap()),
                              Not(Contains(&KeepAll()))));
}

TEST_F(RecordingDeathTest, AValueInsideTheGraphThatChanged) {
  const Variable x = recording_.Input(Values({1, 2}));
  const Variable y = Scale(x, 2);
  const Variable loss = Sum(Square(y));
  Tensor(y.value()).SetZero();
  EXPECT_DEATH(recording_.Backward(loss), "test_square.*was changed after it was saved");
}

TEST_F(RecordingDeathTest, AVariableThatOutlivesItsRecording) {
  Variable outlives = Square(recording_.Input(Values({1})));
  EXPECT_DEATH(recording_.Reset({}), "Recording::Reset: 1 Variables outlive it");
  EXPECT_DEATH(
      {
        std::optional<Recording> inner(std::in_place);
        const Variable x = inner->Input(Values({1}));
        inner.reset();
      },
      "Recording: 1 Variables outlive it");
  outlives = Variable();
  recording_.Reset({});
}

TEST_F(RecordingDeathTest, InputsThatDoNotBelongHere) {
  const Variable x = recording_.Input(Values({1}));
  Recording other;
  const Variable foreign = other.Input(Values({1}));
  EXPECT_DEATH(Mul(x, foreign), "test_mul: input 1 belongs to another recording");
  EXPECT_DEATH(Mul(x, Variable()), "test_mul: input 1 is an empty Variable");
  EXPECT_DEATH(other.Backward(x), "belongs to another recording");
  EXPECT_DEATH(recording_.Input(Tensor()), "a null tensor");
  EXPECT_DEATH(recording_.Input(Tensor::Scalar<int32_t>(1)), "found dtype int32");
  EXPECT_DEATH(recording_.Constant(Values({1, 2}), Shape({1})), "exceeds its bound \\[1\\]");
  Allocator dry(Allocator::Kind::kDry);
  const Tensor tensor = Tensor::Empty({DType::kFloat64, {1}}, Purpose::kActivation, dry);
  EXPECT_DEATH(recording_.Constant(tensor), "a real recording got a dry tensor");
}

TEST_F(RecordingDeathTest, AParameterThatGetsAnotherTensor) {
  Parameter weight("w", Values({1, 2}));
  recording_.Use(weight);
  weight.value() = Values({3, 4});
  EXPECT_DEATH(recording_.Use(weight), "parameter w got another tensor after");
}

}  // namespace
}  // namespace hairpin
