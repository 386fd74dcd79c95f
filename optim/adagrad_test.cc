#include "optim/adagrad.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector
constexpr double kDecay = 0.1;

// What the headers say, one element after another.
void ExpectEqualsPlainAdagrad(DType dtype, const AdagradOptions& options) {
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  Adagrad optimizer({{{&weight}, kDecay}}, options);
  std::vector<double> sum(kCount, options.initial_sum);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int t, double value) {
    g += kDecay * value;
    sum[i] += g * g;
    const double rate = lr / (1 + (t - 1) * options.rate_decay);
    return value - rate * g / (std::sqrt(sum[i]) + options.epsilon);
  });
}

TEST(AdagradTest, EqualsThePlainLoop) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    ExpectEqualsPlainAdagrad(dtype, {});
    ExpectEqualsPlainAdagrad(dtype, {.rate_decay = 0.3, .epsilon = 1e-3, .initial_sum = 0.5});
  }
}

TEST(AdagradTest, StateBeginsAtTheInitialSum) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  Adagrad optimizer({{.parameters = {&a}}}, {.initial_sum = 0.25});
  EXPECT_EQ(StateNames(optimizer), (std::vector<std::string>{"a.sum"}));
  optimizer.VisitState([](const std::string&, Tensor& sum) {
    EXPECT_EQ(sum.ToDoubles(), (std::vector<double>{0.25, 0.25}));
  });
}

TEST(AdagradTest, DryStepCountsItsState) {
  Allocator dry(Allocator::Kind::kDry);
  {
    Parameter weight("w", Tensor::Zeros({DType::kFloat32, {100}}, Purpose::kParameter, dry));
    Adagrad optimizer({{.parameters = {&weight}}}, {.initial_sum = 0.25});
    weight.GradientMemory();
    weight.MarkGradient();
    optimizer.Step(0.1);
    EXPECT_EQ(dry.account().live(Purpose::kOptimizer), 448);
  }
  EXPECT_EQ(dry.account().live_total(), 0);
}

TEST(AdagradDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(Adagrad({}, {.rate_decay = -1}), "Adagrad: found rate_decay -1");
  EXPECT_DEATH(Adagrad({}, {.epsilon = -1}), "epsilon -1 and initial_sum 0");
  EXPECT_DEATH(Adagrad({}, {.initial_sum = -1}), "initial_sum -1, expected at least 0");
}

}  // namespace
}  // namespace hairpin
