#include "tools/training/checkpointing.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/storage.h"
#include "tensor/test_files.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_trainer.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// Two layers, dropout, and a text without line ends, so that in each sequence as
// many tokens are masked as there can be.
TrainMlmSettings Settings() {
  TrainMlmSettings settings = TinySettings();
  settings.set_layers(2);
  settings.set_dropout(0.1);
  settings.set_log_every(0);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  return settings;
}

TinyRun OneLine(const std::string& name, const TrainMlmSettings& settings) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "old man the fire sat ";
  return TinyRun(name, settings,
                 {.data = {WriteTestFile(name + ".txt", text + "\n")},
                  .eval_data = {WriteTestFile(name + ".eval.txt", "the old man sat by the fire\n"
                                                                  "the old man sat\n")}});
}

TEST(CheckpointingTest, WordsAndNumbers) {
  for (const char* good : {"none", "cheap", "segments", "segments:auto", "budget:12MB",
                           "budget:1.5KB", "budget:50%", "budget:1000000B", "budget:2GB",
                           "budget:100000%"}) {
    EXPECT_TRUE(CheckCheckpointing(good).ok()) << good;
  }
  EXPECT_EQ(CheckCheckpointing("all").message(),
            "--checkpointing: found 'all', expected none, cheap, segments, segments:auto, "
            "budget:BYTES or budget:PERCENT");
  for (const char* bad : {"budget:", "budget:0", "budget:0MB", "budget:-1MB", "budget:many",
                          "budget:40 mb", "budget:40mb", "budget:40 MB", "budget:MB",
                          "budget:nanMB",
                          "budget:infMB", "budget:12", "budget:0%", "budget:0.1B"}) {
    EXPECT_THAT(std::string(CheckCheckpointing(bad).message()),
                HasSubstr("found a budget of '" + std::string(bad).substr(7) +
                          "', expected a number above 0 with B, KB, MB, GB or %"))
        << bad;
  }
}

TEST(CheckpointingTest, ABudgetThatCannotBeMetNamesTheLeast) {
  TinyRun run = OneLine("least", Settings());
  const std::string message(
      PlanCheckpointing("budget:1B", run.settings, run.config()).status().message());
  EXPECT_THAT(message, MatchesRegex("--checkpointing: budget:1B: found a budget of 1 bytes for "
                                    "activations, expected at least [0-9]+"));
  const std::string least = message.substr(message.rfind(' ') + 1);
  EXPECT_TRUE(PlanCheckpointing("budget:" + least + "B", run.settings, run.config()).ok());
}

TEST(CheckpointingTest, MoreThanThereIsIsNone) {
  TinyRun run = OneLine("more", Settings());
  const auto made = PlanCheckpointing("budget:1000GB", run.settings, run.config());
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->cost().replays, 0);
  EXPECT_EQ(made->cost().peak, made->cost_of_none().peak);
  EXPECT_EQ(made->replayed_share(), 0);
}

// Training under any policy has the bits of none, and takes the bytes that were
// promised.
TEST(CheckpointingTest, SameBitsAndThePromisedBytes) {
  std::string digest;
  int64_t none = 0;
  for (const std::string text : {"none", "cheap", "segments", "segments:auto", "budget:80%",
                                 "budget:72%"}) {
    TinyRun run = OneLine("bits_" + text.substr(0, 6) + text.substr(text.size() - 3), Settings());
    const auto made = PlanCheckpointing(text, run.settings, run.config());
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->text(), text);
    Trainer trainer = NewTrainer(run);
    trainer.set_policy(made->policy());
    ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok());
    Account& account = Allocator::Default().account();
    const int64_t before =
        account.live(Purpose::kActivation) + account.live(Purpose::kWorkspace);
    account.ResetPeaks();
    ASSERT_TRUE(trainer.Step().ok());
    EXPECT_EQ(trainer.last_step().count, 4 * MaxMaskedPerSequence(0.15, 8));
    // What the step before left in its recording is forgotten first.
    EXPECT_EQ(account.peak_recording(), made->cost().peak) << text << ", before: " << before;
    ASSERT_TRUE(trainer.Train().ok());
    if (text == "none") {
      digest = trainer.Digest();
      none = made->cost().peak;
    }
    EXPECT_EQ(trainer.Digest(), digest) << text;
    EXPECT_EQ(made->cost_of_none().peak, none);
    if (text == "budget:80%") {
      EXPECT_LE(made->cost().peak, none * 80 / 100);
    }
    if (text == "budget:72%") {
      EXPECT_LE(made->cost().peak, none * 72 / 100);
    }
    EXPECT_EQ(made->cost().replays > 0, text != "none") << text;
    EXPECT_EQ(made->Report().peak_bytes(), made->cost().peak);
    EXPECT_THAT(made->Summary(), HasSubstr("checkpointing " + text + ": activations "));
  }
}

}  // namespace
}  // namespace hairpin
