#include "autograd/number_checker.h"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Mul;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

TEST(FindNotFiniteTest, CountsAndFindsTheFirst) {
  const NotFinite bad = FindNotFinite(Values({1, kInfinity, kNan, 2}));
  EXPECT_EQ(bad.count, 2);
  EXPECT_EQ(bad.first, 1);
  EXPECT_EQ(bad.value, kInfinity);
  EXPECT_EQ(FindNotFinite(Values({1, -1e300})).count, 0);
  constexpr float kFloatInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(FindNotFinite(Tensor::FromValues<float>({1}, {-kFloatInfinity})).count, 1);
  EXPECT_EQ(FindNotFinite(Tensor()).count, 0);
  EXPECT_EQ(FindNotFinite(Tensor::Scalar<int32_t>(1)).count, 0);
}

TEST(NumberCheckerTest, FiniteNumbersAreNoFinding) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  recording.Backward(Sum(Square(recording.Input(Values({1, 2})))));
  EXPECT_FALSE(checker.found());
  EXPECT_EQ(checker.Report(), "");
}

TEST(NumberCheckerTest, NamesTheParameterThatHoldsIt) {
  Parameter weight("net.in.weight", Values({1, kNan, 3}));
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Variable x = Square(recording.Input(Values({1, 2, 3})));
  {
    const Scope scope(recording, "net.in");
    x = Mul(std::move(x), recording.Use(weight));
  }
  Square(std::move(x));  // bad too, but not the first
  ASSERT_TRUE(checker.found());
  EXPECT_EQ(checker.scope(), "net.in");
  EXPECT_EQ(checker.Report(),
            "net.in: test_mul (node 1), forward: output 0 of shape [3] has 1 number that is not "
            "finite, nan at [1]; its parameter net.in.weight already had 1, nan at [1]; reached "
            "from test_square (node 0)");
  checker.Clear();
  EXPECT_FALSE(checker.found());
  EXPECT_EQ(checker.scope(), "");
}

// The data: a constant that is not finite is found at its first reader.
TEST(NumberCheckerTest, NamesAConstantThatHoldsIt) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Mul(recording.Input(Values({1, 2})), recording.Constant(Values({kInfinity, kInfinity})));
  EXPECT_THAT(checker.Report(), HasSubstr("has 2 numbers that are not finite, the first inf at "
                                          "[0]; its input 1 (a constant of shape [2]) already"));
}

TEST(NumberCheckerTest, AnOverflowNamesTheOperationAlone) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Square(Square(recording.Input(Values({1, 1e100}))));
  EXPECT_THAT(checker.Report(), HasSubstr("test_square (node 1), forward: output 0"));
  EXPECT_THAT(checker.Report(), HasSubstr("inf at [1]; its input 0 (made by node 0) is finite, up "
                                          "to 1e+200; reached from"));
  EXPECT_THAT(checker.Report(), Not(HasSubstr("already")));
}

// The output takes over the input's memory: the input was fine.
TEST(NumberCheckerTest, AnInputThatWasWrittenOverIsNotBlamed) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Variable x = Add(recording.Constant(Values({1e300})), recording.Constant(Values({1e300})));
  Scale(std::move(x), 1e300);
  EXPECT_THAT(checker.Report(), HasSubstr("test_scale (node 1)"));
  EXPECT_THAT(checker.Report(), Not(HasSubstr("already")));
}

// A gradient comes from the readers of a value, not from what the value is made of.
TEST(NumberCheckerTest, TheWayOfAGradientIsThatOfItsReaders) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  const Variable z = Scale(Square(Scale(recording.Input(Values({1, 1e10})), 1e-200)), 1e200);
  Square(recording.Constant(Values({1})));  // reads nothing of it
  recording.Backward(Sum(Scale(Scale(z, 1e120), 1)));
  EXPECT_EQ(checker.Report(),
            "test_scale (node 2), backward: the gradient of input 0 (made by node 1) of shape [2] "
            "has 2 numbers that are not finite, the first inf at [0]; the gradient came from "
            "test_scale (node 4) <- test_scale (node 5) <- test_sum (node 6)");
}

TEST(NumberCheckerTest, FindsItInBackward) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Parameter weight("w", Values({1e-200, 2}));
  // Forward is finite; with this seed, 2 w 1e308 is not where w = 2.
  const Variable y = Square(recording.Use(weight));
  const Tensor seed = Values({1, 1e308});
  recording.Backward(absl::MakeConstSpan(&y, 1), absl::MakeConstSpan(&seed, 1));
  EXPECT_EQ(checker.Report(),
            "test_square (node 0), backward: the gradient of parameter w of shape [2] has 1 number "
            "that is not finite, inf at [1]");
}

// y = x, with an extra that is infinite: a statistic that backward reads.
class InfiniteExtra final : public testing_ops::TestOp {
 public:
  const char* name() const override { return "infinite_extra"; }
  OutputSpecs InferOutputs(Specs inputs) const override {
    return OutputSpecs({inputs[0]}, {inputs[0]});
  }
  void Forward(const ForwardArgs& args) const override {
    args.output(0).raw<double>()[0] = args.input(0).data<double>()[0];
    args.output(1).raw<double>()[0] = kInfinity;
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .outputs = 0b10}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    args.gradient(0).raw<double>()[0] = args.output(1).data<double>()[0];
  }
};

TEST(NumberCheckerTest, ExtrasAreJudgedByWhatBackwardMakesOfThem) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  const Variable y = testing_ops::Run<InfiniteExtra>(recording.Input(Values({1})));
  EXPECT_FALSE(checker.found());
  recording.Backward(y);
  EXPECT_THAT(checker.Report(), HasSubstr("infinite_extra (node 0), backward: the gradient"));
  EXPECT_THAT(checker.Report(), EndsWith("; its extra 0 of shape [1] already had 1, inf at [0]"));
}

TEST(NumberCheckerTest, TheWayIsCutShort) {
  NumberChecker checker;
  Recording recording({.observer = &checker});
  Variable x = recording.Input(Values({1e300}));
  for (int i = 0; i < 20; ++i) x = Scale(std::move(x), 1);
  Square(std::move(x));
  EXPECT_THAT(checker.Report(), HasSubstr("reached from test_scale (node 19) <- test_scale"));
  EXPECT_THAT(checker.Report(), HasSubstr("(node 12) <- ..."));
  EXPECT_THAT(checker.Report(), Not(HasSubstr("node 11")));
}

}  // namespace
}  // namespace hairpin
