#include "tools/training/evaluation.h"

#include <cmath>

#include "data/masking.h"
#include "gtest/gtest.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_run.h"
#include "tools/training/toy_task.h"

namespace hairpin {
namespace {

Score Evaluated(TrainingTask& task) {
  Recording recording;
  const absl::StatusOr<Score> score = Evaluate(task, recording);
  EXPECT_TRUE(score.ok()) << score.status().ToString();
  return *score;
}

// What is masked where is a matter of data/masking_test.
TEST(Evaluation, IsOverAllRecordsHoweverManyAtOnce) {
  const std::string text = WriteTestFile("all.txt", TinyText(200));
  TinyRun run("all", TinySettings(), {.data = {text}, .eval_data = {text}});
  const TokenCache& cache = *run.data.evaluation;
  ASSERT_GT(cache.records(), 10);
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
    run.settings.set_micro_batch(at_once);
    MlmTask& task = run.NewTask();
    // Every token is equally likely, but that kFirstOrdinaryId is guessed.
    for (float& weight : ParameterNumbers(task.model(), "decoder.weight")) weight = 0;
    for (float& bias : ParameterNumbers(task.model(), "decoder.bias")) bias = 0;
    ParameterNumbers(task.model(), "decoder.bias")[kFirstOrdinaryId] = 1e-6f;
    const Score score = Evaluated(task);
    EXPECT_EQ(score.count, masked);
    EXPECT_EQ(score.correct, first);
    EXPECT_NEAR(score.loss(), std::log(run.config().vocab_size()), 1e-5);
  }
}

TEST(Evaluation, DropsNothing) {
  TinyRun run("dropout");
  const double without = Evaluated(run.NewTask()).loss_sum;
  run.settings.set_dropout(0.5);
  EXPECT_EQ(Evaluated(run.NewTask()).loss_sum, without);
}

TEST(Evaluation, SumsTermsAndLeavesOutWhatDoesNotCount) {
  ToyTask task({.records = 7, .micro_batch = 3});
  const Score score = Evaluated(task);
  // x = 0 ... 6, of which 0 and 5 do not count; w = 0, so the loss is the sum of (3 x)^2.
  EXPECT_EQ(score.count, 5);
  EXPECT_EQ(score.loss_sum, 9 * (1 + 4 + 9 + 16 + 36));
  EXPECT_EQ(score.terms[0], 1 + 2 + 3 + 4 + 6);
  EXPECT_EQ(score.correct, 0);
}

TEST(Evaluation, TakesTheMemoryThatADryStepSays) {
  TinyRun run("memory");
  MlmDryStep dry(run.settings, run.config());
  dry.Evaluate();
  MlmTask& task = run.NewTask();
  Allocator::Default().account().ResetPeaks();
  Evaluated(task);
  for (const Purpose purpose : {Purpose::kActivation, Purpose::kWorkspace}) {
    EXPECT_EQ(dry.account().peak(purpose), Allocator::Default().account().peak(purpose))
        << Name(purpose);
  }
}

}  // namespace
}  // namespace hairpin
