#include "tools/training/mlm_gradient.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "optim/clip.h"
#include "optim/optimizer.h"
#include "tools/training/batch_loss.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

using ::testing::StartsWith;

// A model and two micro-batches of it.
class MlmGradientTest : public ::testing::Test {
 protected:
  MlmGradientTest()
      : run_(::testing::UnitTest::GetInstance()->current_test_info()->name()),
        model_({.seed = 1}, run_.config()) {
    const MlmLoader loader(*run_.data.train,
                           {.probability = 0.5, .vocabulary_size = run_.settings.vocab_size()});
    for (const int64_t first : {0, 2}) {
      batches_.emplace_back(2, run_.settings.seq_len(), loader.max_masked_per_sequence());
      HAIRPIN_CHECK(loader.Load(first, &batches_.back()).ok());
    }
    parameters_ = ParametersOf(model_);
  }

  GradientOptions Options() const { return {.parameters = parameters_}; }

  TinyRun run_;
  MiniBert model_;
  std::vector<MlmBatch> batches_;
  std::vector<Parameter*> parameters_;
  Recording recording_;
};

TEST_F(MlmGradientTest, IsThatOfTheMeanOverAllMaskedTokens) {
  double loss = 0;
  int64_t masked = 0, correct = 0;
  for (const MlmBatch& batch : batches_) masked += batch.masked();
  for (const MlmBatch& batch : batches_) {
    Recording recording;
    const CrossEntropyResult result = BatchLoss(model_, recording, batch);
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
    const StepGradient gradient = ComputeGradient(model_, batches_, Options(), recording_);
    EXPECT_EQ(gradient.bad, "");
    EXPECT_EQ(gradient.score.loss_sum, loss);
    EXPECT_EQ(gradient.score.correct, correct);
    EXPECT_EQ(gradient.score.masked, masked);
    EXPECT_EQ(gradient.norm, norm);
    for (size_t p = 0; p < parameters_.size(); ++p) {
      EXPECT_EQ(parameters_[p]->gradient().ToDoubles(), expected[p]) << parameters_[p]->name();
    }
  }
}

TEST_F(MlmGradientTest, NothingMaskedIsNothing) {
  const MlmBatch none(2, run_.settings.seq_len(), 4);
  const StepGradient gradient =
      ComputeGradient(model_, absl::MakeConstSpan(&none, 1), Options(), recording_);
  EXPECT_EQ(gradient.bad, "");
  EXPECT_EQ(gradient.score.masked, 0);
  EXPECT_EQ(gradient.norm, 0);
}

TEST_F(MlmGradientTest, TheMicroBatchAndTheOperationAreNamed) {
  ParameterNumbers(model_, "norm.bias")[3] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(ComputeGradient(model_, batches_, Options(), recording_).bad,
              StartsWith("micro-batch 0: found a loss of "));
  EXPECT_THAT(ExplainNotFinite(model_, batches_, Options(), recording_),
              StartsWith("micro-batch 0: found norm: layer_norm (node "));
}

// Squares are summed in a wider type: the largest finite gradients have a norm.
TEST_F(MlmGradientTest, LargeGradientsAreNoError) {
  class Huge final : public Observer {
   public:
    void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
      if (run.phase != RunPhase::kBackward || std::string(run.scope) != "decoder") return;
      if (results[1]) results[1].raw<float>()[0] = std::numeric_limits<float>::max();
    }
  } huge;
  GradientOptions options = Options();
  options.observer = &huge;
  const StepGradient gradient = ComputeGradient(model_, batches_, options, recording_);
  EXPECT_EQ(gradient.bad, "");
  EXPECT_GT(gradient.norm, 1e38);
}

TEST_F(MlmGradientTest, WhatDoesNotHappenAgainIsSaid) {
  EXPECT_EQ(ExplainNotFinite(model_, batches_, Options(), recording_),
            "when it was computed again, all numbers were finite");
}

}  // namespace
}  // namespace hairpin
