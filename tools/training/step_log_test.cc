#include "tools/training/step_log.h"

#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr TaskWords kMlmWords = {.inputs = "tokens",
                                 .inputs_per_second = "tokens_per_second",
                                 .nothing = "nothing masked",
                                 .accuracy = "masked_accuracy"};

// What LogSums writes for people and into the file.
std::pair<std::string, std::string> Logged(const StepReport& last, TrainingState* state,
                                           const TaskWords& words = kMlmWords) {
  auto metrics = MetricsFile::Open(TestPath("metrics.jsonl"), 0);
  EXPECT_TRUE(metrics.ok());
  ::testing::internal::CaptureStderr();
  Progress progress(/*terminal=*/false);
  EXPECT_TRUE(LogSums(100, last, words, "41 s", state, **metrics, progress).ok());
  const std::string line = ::testing::internal::GetCapturedStderr();
  return {line, *ReadFile(TestPath("metrics.jsonl"))};
}

TEST(StepLog, IsMeansSinceTheLastLineAndTheStepsOwnNumbers) {
  TrainingState state;
  state.set_seconds(10);  // before the last line
  StepReport report = {.score = {.loss_sum = 8, .correct = 1, .count = 2},
                       .gradient_norm = 3,
                       .learning_rate = 0.5,
                       .inputs = 64,
                       .micro_batches = 4,
                       .compute_seconds = 0.25,
                       .seconds = 0.5};
  AddToSums(report, &state);
  report.score = {.loss_sum = 2, .correct = 0, .count = 2};
  report.gradient_norm = 1.25;
  AddToSums(report, &state);
  const auto [line, json] = Logged(report, &state);
  EXPECT_EQ(line, "step    100  loss 2.5000  accuracy 0.250  128 tokens/s  41 s left\n");
  EXPECT_THAT(json, StartsWith("{\"step\":100,\"loss\":2.5,\"masked_accuracy\":0.25,"
                               "\"grad_norm\":1.25,\"lr\":0.5,\"tokens_per_second\":128,"
                               "\"ms_per_micro_batch\":62.5,\"rss_mb\":"));
  EXPECT_THAT(json, HasSubstr(",\"seconds\":11}\n"));
  // The next line begins anew.
  TrainingState rest;
  rest.set_seconds(11);
  EXPECT_EQ(state.SerializeAsString(), rest.SerializeAsString());
}

TEST(StepLog, UsesTheTasksWordsAndHasItsTerms) {
  TrainingState state;
  StepReport report = {.score = {.loss_sum = 8, .terms = {6, 2}, .count = 2},
                       .inputs = 2,
                       .micro_batches = 1,
                       .seconds = 0.5};
  AddToSums(report, &state);
  AddToSums(report, &state);
  const auto [line, json] = Logged(
      report, &state,
      {.inputs = "images", .inputs_per_second = "images_per_second", .accuracy = nullptr,
       .terms = {"reconstruction", "kl"}});
  EXPECT_EQ(line,
            "step    100  loss 4.0000  reconstruction 3.0000  kl 1.0000  4 images/s  41 s left\n");
  EXPECT_THAT(json, StartsWith("{\"step\":100,\"loss\":4,\"reconstruction\":3,\"kl\":1,"
                               "\"grad_norm\":"));
  EXPECT_THAT(json, HasSubstr(",\"images_per_second\":4,"));
}

TEST(StepLog, OfNothingMaskedHasNullAndNoNan) {
  TrainingState state;
  const StepReport report = {
      .inputs = 64, .micro_batches = 4, .compute_seconds = 0, .seconds = 0.5};
  AddToSums(report, &state);
  const auto [line, json] = Logged(report, &state);
  EXPECT_EQ(line, "step    100  nothing masked  128 tokens/s  41 s left\n");
  EXPECT_THAT(json, StartsWith("{\"step\":100,\"loss\":null,\"masked_accuracy\":null,"));
  EXPECT_THAT(json, Not(HasSubstr("nan")));
}

TEST(StepLog, OfStepsLeftOutSaysSo) {
  TrainingState state;
  const StepReport left_out = {.left_out = true, .inputs = 64, .micro_batches = 4, .seconds = 0.5};
  AddToSums(left_out, &state);
  EXPECT_EQ(Logged(left_out, &state).first,
            "step    100  1 step left out  128 tokens/s  41 s left\n");
  for (int i = 0; i < 2; ++i) AddToSums(left_out, &state);
  EXPECT_EQ(Logged(left_out, &state).first,
            "step    100  2 steps left out  128 tokens/s  41 s left\n");
  // Beside others they are not in the mean.
  AddToSums(left_out, &state);
  const StepReport report = {.score = {.loss_sum = 8, .correct = 1, .count = 2}, .seconds = 0.5};
  AddToSums(report, &state);
  EXPECT_EQ(Logged(report, &state).first,
            "step    100  loss 4.0000  accuracy 0.500  64 tokens/s  41 s left\n");
}

}  // namespace
}  // namespace hairpin
