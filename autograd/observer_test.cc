#include "autograd/observer.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

// Writes down what it hears: "begin forward test_exp @mlp".
class Diary final : public Observer {
 public:
  explicit Diary(std::vector<std::string>* lines, std::string name = "")
      : lines_(lines), name_(std::move(name)) {}
  void Begin(const OperationRun& run) override { Write("begin", run); }
  void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
    std::string sums;
    for (const Tensor& tensor : results) {
      double sum = 0;
      if (tensor && !tensor.dry()) {
        for (const double x : tensor.values<double>()) sum += x;
      }
      sums += ' ';
      sums += !tensor ? "-" : tensor.dry() ? "dry" : std::to_string(static_cast<int>(sum));
    }
    Write("results", run, sums);
  }
  void End(const OperationRun& run) override { Write("end", run); }

 private:
  void Write(const char* what, const OperationRun& run, const std::string& more = "") {
    lines_->push_back(name_ + what + " " + Name(run.phase) + " " + run.op.name() + "/" +
                      std::to_string(run.stage) + " @" + run.scope + more);
  }
  std::vector<std::string>* lines_;
  std::string name_;
};

using testing_ops::Add;
using testing_ops::Flatten;
using testing_ops::Mul;
using testing_ops::Square;
using testing_ops::Sum;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

TEST(ObserverTest, HearsForwardAndBackwardInOrder) {
  std::vector<std::string> lines;
  Diary diary(&lines);
  Recording recording({.observer = &diary});
  const Variable x = recording.Input(Values({1, 2}));
  Variable loss;
  {
    const Scope outer(recording, "net");
    {
      const Scope inner(recording, "net.square");
      loss = Square(x);
    }
    loss = Sum(std::move(loss));
  }
  loss = Add(loss, loss);
  recording.Backward(loss);
  EXPECT_THAT(lines, ElementsAre("begin forward test_square/0 @net.square",
                                 "results forward test_square/0 @net.square 5",
                                 "end forward test_square/0 @net.square",
                                 "begin forward test_sum/0 @net",
                                 "results forward test_sum/0 @net 5",
                                 "end forward test_sum/0 @net",
                                 "begin forward test_add/0 @",
                                 "results forward test_add/0 @ 10",
                                 "end forward test_add/0 @",
                                 // Hands the upstream gradient on: no results.
                                 "begin backward test_add/0 @",
                                 "end backward test_add/0 @",
                                 "begin backward test_sum/0 @net",
                                 "results backward test_sum/0 @net 4",
                                 "end backward test_sum/0 @net",
                                 "begin backward test_square/0 @net.square",
                                 "results backward test_square/0 @net.square 12",
                                 "end backward test_square/0 @net.square"));
}

TEST(ObserverTest, AReplayIsHeardInsideTheStageThatNeedsIt) {
  std::vector<std::string> lines;
  Diary diary(&lines);
  Recording recording({.policy = &RecomputeAll(), .observer = &diary});
  const Variable x = recording.Input(Values({1, 2}));
  const Variable loss = Sum(Square(Square(x)));
  lines.clear();
  recording.Backward(loss);
  EXPECT_THAT(std::vector<std::string>(lines.begin() + 3, lines.begin() + 8),
              ElementsAre("begin backward test_square/0 @", "begin replay test_square/0 @",
                          "results replay test_square/0 @ 5", "end replay test_square/0 @",
                          "results backward test_square/0 @ 10"));
}

TEST(ObserverTest, HearsOnlyTheGradientsThatAreWanted) {
  std::vector<std::string> lines;
  Diary diary(&lines);
  Recording recording({.observer = &diary});
  const Variable x = recording.Input(Values({1, 2})), c = recording.Constant(Values({3, 4}));
  recording.Backward(Sum(Mul(x, c)));
  const std::string line = "results backward test_mul/";
  std::vector<std::string> found;
  for (const std::string& l : lines) {
    if (l.substr(0, line.size()) == line) found.push_back(l.substr(l.find('@')));
  }
  EXPECT_THAT(found, ElementsAre("@ 7 -"));
}

TEST(ObserverTest, ViewsAreSilentAndDryOnesHaveNoNumbers) {
  std::vector<std::string> lines;
  Diary diary(&lines);
  Allocator dry(Allocator::Kind::kDry);
  Recording recording({.allocator = &dry, .observer = &diary});
  Variable x = recording.Input(
      Tensor::Empty({DType::kFloat64, Shape({2, 3})}, Purpose::kActivation, dry));
  x = Square(Flatten(std::move(x)));
  EXPECT_THAT(lines, ElementsAre("begin forward test_square/0 @",
                                 "results forward test_square/0 @ dry",
                                 "end forward test_square/0 @"));
}

TEST(ObserverTest, AListCallsInOrderAndEndsInReverse) {
  std::vector<std::string> lines;
  Diary a(&lines, "a "), b(&lines, "b ");
  ObserverList both({&a, &b});
  Recording recording({.gradients = false, .observer = &both});
  Square(recording.Constant(Values({1})));
  EXPECT_THAT(lines,
              ElementsAre("a begin forward test_square/0 @", "b begin forward test_square/0 @",
                          "a results forward test_square/0 @ 1",
                          "b results forward test_square/0 @ 1", "b end forward test_square/0 @",
                          "a end forward test_square/0 @"));
}

}  // namespace
}  // namespace hairpin
