#include "autograd/variable.h"

#include <utility>
#include <vector>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;

class VariableTest : public testing::Test {
 protected:
  Tensor tensor_ = Tensor::FromValues<double>({2}, {3, 4});
  Recording recording_{{.policy = &KeepAll()}};
};

TEST_F(VariableTest, TellsOfItsValue) {
  const Variable x = recording_.Input(tensor_);
  EXPECT_TRUE(x);
  EXPECT_EQ(x.spec(), tensor_.spec());
  EXPECT_EQ(x.shape(), Shape({2}));
  EXPECT_EQ(x.bound(), Shape({2}));
  EXPECT_EQ(x.dtype(), DType::kFloat64);
  EXPECT_EQ(x.value().storage(), tensor_.storage());
  EXPECT_EQ(&x.recording(), &recording_);
  EXPECT_TRUE(x.requires_gradient());
  EXPECT_FALSE(x.gradient());
  recording_.Backward(Sum(Square(x)));
  EXPECT_EQ(x.gradient().ToDoubles(), std::vector<double>({6, 8}));
  EXPECT_FALSE(recording_.Constant(tensor_).requires_gradient());
  EXPECT_EQ(recording_.Constant(tensor_, Shape({5})).bound(), Shape({5}));
}

// Whatever is done with the handles, the tensor goes with the last one.
TEST_F(VariableTest, TheLastHandleFrees) {
  const Variable x = recording_.Constant(tensor_);
  Variable a = Scale(x, 2);
  EXPECT_EQ(recording_.num_alive_values(), 1);
  Variable b = a, c;
  c = b;
  b = Variable();
  a = std::move(c);
  EXPECT_FALSE(c);
  EXPECT_EQ(recording_.num_alive_values(), 1);
  a = *&a;  // itself
  EXPECT_EQ(a.value().ToDoubles(), std::vector<double>({6, 8}));
  {
    const Variable moved = std::move(a);
    EXPECT_EQ(recording_.num_alive_values(), 1);
  }
  EXPECT_EQ(recording_.num_alive_values(), 0);
}

TEST_F(VariableTest, AssigningLetsGoOfTheOldValue) {
  const Variable x = recording_.Constant(tensor_);
  Variable a = Scale(x, 2);
  a = Scale(x, 3);
  EXPECT_EQ(recording_.num_alive_values(), 1);
  EXPECT_EQ(a.value().ToDoubles(), std::vector<double>({9, 12}));
}

// A moved-in last handle gives the memory to the operation; a copy keeps it.
TEST_F(VariableTest, MovingInGivesTheMemoryAway) {
  Variable a = Scale(recording_.Constant(tensor_), 2);
  const Storage* const memory = a.value().storage();
  Variable copied = Scale(a, 5);
  EXPECT_NE(copied.value().storage(), memory);
  EXPECT_EQ(a.value().ToDoubles(), std::vector<double>({6, 8}));
  const Variable moved = Scale(std::move(a), 5);
  EXPECT_EQ(moved.value().storage(), memory);
  EXPECT_EQ(moved.value().ToDoubles(), std::vector<double>({30, 40}));
}

TEST_F(VariableTest, AnEmptyOneIsFalse) {
  const Variable empty;
  EXPECT_FALSE(empty);
  const Variable copy = empty;
  EXPECT_FALSE(copy);
}

TEST(VariableDeathTest, AnEmptyOneHasNothing) {
  const Variable empty;
  EXPECT_DEATH(empty.shape(), "Variable: an empty one was used");
  EXPECT_DEATH(empty.bound(), "Variable: an empty one was used");
  EXPECT_DEATH(empty.value(), "Variable: an empty one was used");
  EXPECT_DEATH(empty.requires_gradient(), "Variable: an empty one was used");
  EXPECT_DEATH(empty.gradient(), "Variable: an empty one was used");
  EXPECT_DEATH(empty.recording(), "Variable: an empty one was used");
}

}  // namespace
}  // namespace hairpin
