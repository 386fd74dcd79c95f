#include "tools/training/step_gradient.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "optim/clip.h"
#include "optim/optimizer.h"
#include "tools/training/batch_loss.h"
#include "tools/training/tiny_run.h"
#include "tools/training/toy_task.h"

namespace hairpin {
namespace {

using ::testing::StartsWith;

// Half of all tokens masked.
TrainMlmSettings Settings() {
  TrainMlmSettings settings = TinySettings();
  settings.set_mask_probability(0.5);
  return settings;
}

// A model and two micro-batches of it.
class StepGradientTest : public ::testing::Test {
 protected:
  StepGradientTest()
      : run_(::testing::UnitTest::GetInstance()->current_test_info()->name(), Settings()),
        task_({.seed = 1}, run_.settings, run_.config(), &run_.data),
        parameters_(ParametersOf(task_.model())) {
    for (int i = 0; i < 2; ++i) HAIRPIN_CHECK(task_.Load(2 * i, i).ok());
  }

  GradientOptions Options() const { return {.parameters = parameters_}; }
  StepGradient Compute(const GradientOptions& options) {
    return ComputeGradient(task_, 2, options, recording_);
  }

  TinyRun run_;
  MlmTask task_;
  std::vector<Parameter*> parameters_;
  Recording recording_;
};

TEST_F(StepGradientTest, IsThatOfTheMeanOverAllMaskedTokens) {
  double loss = 0;
  int64_t masked = 0, correct = 0;
  for (int i = 0; i < 2; ++i) masked += task_.batch(i).masked();
  for (int i = 0; i < 2; ++i) {
    Recording recording;
    const CrossEntropyResult result = BatchLoss(task_.model(), recording, task_.batch(i));
    loss += result.loss.value().item();
    correct += static_cast<int64_t>(result.correct.value().item());
    const Tensor seed = Tensor::Scalar<float>(1.0f / static_cast<float>(masked));
    recording.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  }
  std::vector<std::vector<double>> expected;
  for (const Parameter* parameter : parameters_) {
    expected.push_back(parameter->gradient().ToDoubles());
  }
  const double norm = GlobalGradientNorm(parameters_);

  // What was there before is forgotten: twice gives the same.
  for (int i = 0; i < 2; ++i) {
    const StepGradient gradient = Compute(Options());
    EXPECT_EQ(gradient.bad, "");
    EXPECT_EQ(gradient.score.loss_sum, loss);
    EXPECT_EQ(gradient.score.correct, correct);
    EXPECT_EQ(gradient.score.count, masked);
    EXPECT_EQ(gradient.norm, norm);
    for (size_t p = 0; p < parameters_.size(); ++p) {
      EXPECT_EQ(parameters_[p]->gradient().ToDoubles(), expected[p]) << parameters_[p]->name();
    }
  }
}

TEST_F(StepGradientTest, WhatDoesNotCountIsNothing) {
  ToyTask task({.micro_batch = 1});
  ASSERT_TRUE(task.Load(0, 0).ok());
  ASSERT_TRUE(task.Load(2, 1).ok());
  const std::vector<Parameter*> parameters = ParametersOf(task.model());
  const StepGradient none = ComputeGradient(task, 1, {.parameters = parameters}, recording_);
  EXPECT_EQ(none.bad, "");
  EXPECT_EQ(none.score.count, 0);
  EXPECT_EQ(none.norm, 0);
  // d/dw of (w 2 - 3 2)^2 at 0, of which there is one: the first micro-batch has none.
  const StepGradient one = ComputeGradient(task, 2, {.parameters = parameters}, recording_);
  EXPECT_EQ(one.score.count, 1);
  EXPECT_EQ(one.score.loss_sum, 36);
  EXPECT_EQ(one.score.terms[0], 2);
  EXPECT_EQ(parameters[0]->gradient().item(), -24);
}

TEST_F(StepGradientTest, TheMicroBatchAndTheOperationAreNamed) {
  ParameterNumbers(task_.model(), "norm.bias")[3] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(Compute(Options()).bad,
              StartsWith("micro-batch 0: found a loss of "));
  EXPECT_THAT(ExplainNotFinite(task_, 2, Options(), recording_),
              StartsWith("micro-batch 0: found norm: layer_norm (node "));
}

// Squares are summed in a wider type: the largest finite gradients have a norm.
TEST_F(StepGradientTest, LargeGradientsAreNoError) {
  class Huge final : public Observer {
   public:
    void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
      if (run.phase != RunPhase::kBackward || std::string(run.scope) != "decoder") return;
      if (results[1]) results[1].raw<float>()[0] = std::numeric_limits<float>::max();
    }
  } huge;
  GradientOptions options = Options();
  options.observer = &huge;
  const StepGradient gradient = Compute(options);
  EXPECT_EQ(gradient.bad, "");
  EXPECT_GT(gradient.norm, 1e38);
}

TEST_F(StepGradientTest, WhatDoesNotHappenAgainIsSaid) {
  EXPECT_EQ(ExplainNotFinite(task_, 2, Options(), recording_),
            "when it was computed again, all numbers were finite");
}

}  // namespace
}  // namespace hairpin
