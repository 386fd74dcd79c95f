#include "tools/training/mlm_memory.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "autograd/policy.h"
#include "data/masking.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_run.h"
#include "tools/training/training_memory.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Equality with what a training takes, to the byte, is tests/training's matter.
TEST(PredictMemory, KnowsWhatGrowsWithWhat) {
  TrainMlmSettings settings = TinySettings();
  settings.set_hidden(64);  // rows of whole cache lines: nothing is rounded
  settings.set_intermediate(64);
  const MiniBertConfig config = ConfigOf(settings, 64);
  const Account one = PredictMemory(settings, config);
  const int64_t parameters = 4 * CountParameters(config);
  EXPECT_EQ(one.peak(Purpose::kParameter), parameters);
  EXPECT_EQ(one.peak(Purpose::kGradient), parameters);
  EXPECT_EQ(one.peak(Purpose::kOptimizer), 2 * parameters);
  EXPECT_GT(one.peak(Purpose::kActivation), 0);
  settings.set_micro_batch(4);
  const Account larger = PredictMemory(settings, config);
  EXPECT_GT(larger.peak(Purpose::kActivation), one.peak(Purpose::kActivation));
  EXPECT_EQ(larger.peak(Purpose::kParameter), parameters);
  settings.set_accumulation(16);  // one after another
  EXPECT_EQ(PredictMemory(settings, config).peak_total(), larger.peak_total());
  settings.set_packing("line");  // which tokens attention sees
  EXPECT_GT(PredictMemory(settings, config).peak_total(), larger.peak_total());
}

TEST(PredictMemory, CountsTheAverage) {
  TrainMlmSettings settings = TinySettings();
  const MiniBertConfig config = ConfigOf(settings, 64);
  const int64_t moments = PredictMemory(settings, config).peak(Purpose::kOptimizer);
  settings.set_ema(0.9);
  EXPECT_EQ(PredictMemory(settings, config).peak(Purpose::kOptimizer), moments / 2 * 3);
}

// Where training masks few positions, evaluation, which masks every tenth, has more logits.
TEST(PredictMemory, CountsEvaluation) {
  TrainMlmSettings settings = TinySettings();
  settings.set_seq_len(64);
  settings.set_mask_probability(0.01);
  const MiniBertConfig config = ConfigOf(settings, 1 << 20);
  const int64_t logits = int64_t{2} * MaxEvaluationMaskedPerSequence(64) * (1 << 20) * 4;
  EXPECT_GE(PredictMemory(settings, config).peak(Purpose::kActivation), logits);
  settings.set_overfit_one_batch(true);  // has none
  EXPECT_LT(PredictMemory(settings, config).peak(Purpose::kActivation), logits);
}

TEST(PrepareMemory, WhatFitsIsRight) {
  const TrainMlmSettings settings = TinySettings();
  EXPECT_TRUE(PrepareMemory(settings, ConfigOf(settings, 64)).ok());
}

TEST(PrepareMemory, WhatDoesNotFitIsAnErrorWithBytesBeforeAnyIsTaken) {
  TrainMlmSettings settings = TinySettings();
  settings.set_layers(100);
  settings.set_hidden(1 << 20);
  const MiniBertConfig config = ConfigOf(settings, 64);
  const std::string start =
      "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation: found a "
      "training of ";
  Allocator::Default().account().ResetPeaks();
  const auto bytes = [&] {
    const absl::Status status = PrepareMemory(settings, config);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(Message(status), StartsWith(start));
    EXPECT_THAT(Message(status),
                HasSubstr(absl::StrCat(" bytes (", CountParameters(config),
                                       " parameters), expected at most the ")));
    int64_t found = 0;
    const std::string rest = Message(status).substr(start.size());
    EXPECT_TRUE(absl::SimpleAtoi(rest.substr(0, rest.find(' ')), &found));
    return found;
  };
  const int64_t two = bytes();
  EXPECT_GE(two, 4 * 4 * CountParameters(config));  // values, gradients, two moments
  // A micro-batch more that waits: ids, visibility, masked rows and labels of each sequence.
  settings.set_accumulation(3);
  EXPECT_EQ(bytes() - two, 2 * (8 + 8 + 2 * MaxMaskedPerSequence(0.15, 8)) * 4);
  EXPECT_EQ(Allocator::Default().account().peak_total(), 0);
}

TEST(PrepareMemory, BytesBeyond64BitsAreNoNonsense) {
  TrainMlmSettings settings = TinySettings();
  settings.set_layers(1000);
  settings.set_hidden(1 << 20);
  settings.set_intermediate(1 << 20);
  settings.set_heads(1 << 20);
  settings.set_micro_batch(1 << 14);
  settings.set_seq_len(1 << 16);
  const absl::Status status = PrepareMemory(settings, ConfigOf(settings, 64));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("found a training of 2^63 or more bytes ("));
}

absl::Status CheckLeast(const TrainMlmSettings& settings) {
  return CheckLeastMemory(CommonSettings(settings), MlmTaskMaker(settings, ConfigOf(settings, 64)),
                          kMlmSizeFlags);
}

// Of many layers that need not be kept, one fits where all of them don't.
TEST(CheckLeastMemory, AsksForNoMoreThanAnyPlanNeeds) {
  TrainMlmSettings settings = TinySettings();
  settings.set_layers(1000);
  settings.set_micro_batch(1 << 20);
  const MiniBertConfig config = ConfigOf(settings, 64);
  EXPECT_EQ(PrepareMemory(settings, config, RecomputeSegments()).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(CheckLeast(settings).ok()) << CheckLeast(settings);
  settings.set_layers(1);
  settings.set_hidden(1 << 13);  // the largest value alone
  settings.set_micro_batch(1 << 24);
  EXPECT_THAT(Message(CheckLeast(settings)), HasSubstr(": found a training of at least "));
}

TEST(CheckLeastMemory, CountsParametersGradientsAndMoments) {
  TrainMlmSettings settings = TinySettings();
  settings.set_hidden(1 << 17);
  const MiniBertConfig config = ConfigOf(settings, 64);
  const absl::Status status = CheckLeast(settings);
  const std::string start =
      absl::StrCat(kMlmSizeFlags, ": found a training of at least ");
  ASSERT_THAT(Message(status), StartsWith(start));
  int64_t found = 0;
  const std::string rest = Message(status).substr(start.size());
  ASSERT_TRUE(absl::SimpleAtoi(rest.substr(0, rest.find(' ')), &found));
  const int64_t parameters = 4 * CountParameters(config);
  EXPECT_GE(found, 4 * parameters);
  EXPECT_LT(found, 4 * parameters + (1 << 20));  // and batches
}

}  // namespace
}  // namespace hairpin
