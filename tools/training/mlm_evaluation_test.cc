#include "tools/training/mlm_evaluation.h"

#include <cmath>

#include "data/masking.h"
#include "gtest/gtest.h"
#include "tools/training/dry_step.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

MaskedScore Evaluate(MiniBert& model, const TokenCache& cache, int at_once) {
  MlmBatch batch(at_once, cache.seq_len(), MaxEvaluationMaskedPerSequence(cache.seq_len()));
  Recording recording;
  const absl::StatusOr<MaskedScore> score = EvaluateMlm(model, cache, &batch, recording);
  EXPECT_TRUE(score.ok()) << score.status().ToString();
  return *score;
}

// What is masked where is a matter of data/masking_test.
TEST(MlmEvaluation, IsOverAllRecordsHoweverManyAtOnce) {
  TinyRun run("all");
  const TokenCache& cache = *run.data.train;
  ASSERT_GT(cache.records(), 10);
  MiniBert model({.seed = 1}, run.config());
  // Every token is equally likely, but that kFirstOrdinaryId is guessed.
  for (float& weight : ParameterNumbers(model, "decoder.weight")) weight = 0;
  for (float& bias : ParameterNumbers(model, "decoder.bias")) bias = 0;
  ParameterNumbers(model, "decoder.bias")[kFirstOrdinaryId] = 1e-6f;
  int64_t masked = 0, first = 0;
  std::vector<int32_t> ids(cache.seq_len()), positions(cache.seq_len()), labels(cache.seq_len());
  for (int64_t record = 0; record < cache.records(); ++record) {
    ASSERT_TRUE(cache.Read(record, ids).ok());
    const int count = MaskForEvaluation(record, ids, positions, labels);
    masked += count;
    for (int i = 0; i < count; ++i) first += labels[i] == kFirstOrdinaryId;
  }
  ASSERT_GT(first, 0);
  for (const int at_once : {1, 3, 64}) {
    const MaskedScore score = Evaluate(model, cache, at_once);
    EXPECT_EQ(score.masked, masked);
    EXPECT_EQ(score.correct, first);
    EXPECT_NEAR(score.loss(), std::log(run.config().vocab_size()), 1e-5);
  }
}

TEST(MlmEvaluation, DropsNothing) {
  TrainMlmSettings settings = TinySettings();
  TinyRun run("dropout", settings);
  MiniBert without({.seed = 1}, run.config());
  MiniBertConfig config = run.config();
  config.set_dropout(0.5);
  MiniBert with({.seed = 1}, config);
  EXPECT_EQ(Evaluate(with, *run.data.evaluation, 2).loss_sum,
            Evaluate(without, *run.data.evaluation, 2).loss_sum);
}

TEST(EvaluateMlm, TakesTheMemoryThatADryStepSays) {
  TinyRun run("memory");
  DryStep dry(run.settings, run.config());
  dry.Evaluate();
  MiniBert model({}, run.config());
  MlmBatch batch(run.settings.micro_batch(), run.settings.seq_len(),
                 MaxEvaluationMaskedPerSequence(run.settings.seq_len()));
  Recording recording;
  Allocator::Default().account().ResetPeaks();
  ASSERT_TRUE(EvaluateMlm(model, *run.data.evaluation, &batch, recording).ok());
  for (const Purpose purpose : {Purpose::kActivation, Purpose::kWorkspace}) {
    EXPECT_EQ(dry.account().peak(purpose), Allocator::Default().account().peak(purpose))
        << Name(purpose);
  }
}

}  // namespace
}  // namespace hairpin
