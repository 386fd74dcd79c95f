// A training gives the same bits for any number of threads and when it was
// interrupted and resumed; its memory is what the dry recording said.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tensor/file.h"
#include "tensor/thread_pool.h"
#include "tests/training/small_run.h"
#include "tools/training/mlm_memory.h"

namespace hairpin {
namespace {

// The lines of metrics.jsonl without what a clock or the system says.
std::vector<nlohmann::ordered_json> Metrics(const RunFolder& folder) {
  std::vector<nlohmann::ordered_json> lines;
  const absl::StatusOr<std::string> text = ReadFile(folder.metrics());
  EXPECT_TRUE(text.ok());
  for (const auto line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    lines.push_back(nlohmann::ordered_json::parse(std::string(line)));
    for (const char* key : {"tokens_per_second", "ms_per_micro_batch", "rss_mb", "seconds"}) {
      lines.back().erase(key);
    }
  }
  return lines;
}

TEST(Training, AnyNumberOfThreadsGivesTheSameBits) {
  std::string digest;
  std::vector<nlohmann::ordered_json> metrics;
  for (const int threads : {1, 2, 3}) {
    SetNumThreads(threads);
    SmallRun run(absl::StrCat("threads", threads), SmallSettings());
    ASSERT_TRUE(run.trainer().Start().ok());
    ASSERT_TRUE(run.trainer().Train().ok());
    if (threads == 1) {
      digest = run.trainer().Digest();
      metrics = Metrics(run.folder());
      // 1 for the baseline, 4 log lines, 2 evaluations.
      EXPECT_EQ(metrics.size(), 7u);
    }
    EXPECT_EQ(run.trainer().Digest(), digest) << threads << " threads";
    EXPECT_EQ(Metrics(run.folder()), metrics) << threads << " threads";
  }
  SetNumThreads(1);
}

TEST(Training, ResumedRunHasTheBitsOfOneThatWasNotStopped) {
  SmallRun whole("whole", SmallSettings());
  ASSERT_TRUE(whole.trainer().Start().ok());
  ASSERT_TRUE(whole.trainer().Train().ok());

  SmallRun stopped("stopped", SmallSettings());
  ASSERT_TRUE(stopped.trainer().Start().ok());
  ASSERT_TRUE(stopped.trainer().Train().ok());
  // As if it had been killed while it wrote the last checkpoint: that one is
  // damaged, and metrics.jsonl has lines from after the one before.
  ASSERT_TRUE(WriteFileAtomically(stopped.folder().checkpoint(20), "HAIRPIN").ok());
  stopped.Restart();
  ASSERT_TRUE(stopped.trainer().Resume().ok());
  EXPECT_EQ(stopped.trainer().step(), 10);
  ASSERT_TRUE(stopped.trainer().Train().ok());

  EXPECT_EQ(stopped.trainer().Digest(), whole.trainer().Digest());
  EXPECT_EQ(Metrics(stopped.folder()), Metrics(whole.folder()));
}

// A damaged file must not push a good one out when old checkpoints are removed.
TEST(Training, DamagedCheckpointsAreSetAsideAndGoodOnesStay) {
  TrainMlmSettings settings = SmallSettings();
  settings.set_keep(1);
  SmallRun run("aside", settings);
  ASSERT_TRUE(run.trainer().Start().ok());
  ASSERT_TRUE(run.trainer().Train().ok());
  EXPECT_EQ(*run.folder().Checkpoints(), std::vector{run.folder().checkpoint(20)});
  // A process that was killed at the right time left the older one and one set aside, too.
  for (const std::string& path : {run.folder().checkpoint(70), run.folder().checkpoint(15),
                                  run.folder().checkpoint(60) + ".damaged"}) {
    ASSERT_TRUE(WriteFileAtomically(path, "HAIRPIN").ok());
  }
  run.Restart();
  ASSERT_TRUE(run.trainer().Resume().ok());
  EXPECT_EQ(*run.folder().Checkpoints(), std::vector{run.folder().checkpoint(20)});
  EXPECT_TRUE(ReadFile(run.folder().checkpoint(70) + ".damaged").ok());
  EXPECT_FALSE(ReadFile(run.folder().checkpoint(60) + ".damaged").ok());
}

TEST(Training, CheckpointsOfWhichNoneCanBeReadAreAnErrorAndNothingIsLost) {
  SmallRun run("none", SmallSettings());
  ASSERT_TRUE(run.trainer().Start().ok());
  ASSERT_TRUE(run.trainer().Train().ok());
  const std::string metrics = *ReadFile(run.folder().metrics());
  const auto checkpoints = run.folder().Checkpoints();
  for (const std::string& path : *checkpoints) {
    ASSERT_TRUE(WriteFileAtomically(path, "HAIRPIN").ok());
  }
  run.Restart();
  const absl::Status status = run.trainer().Resume();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status.ToString();
  EXPECT_EQ(*ReadFile(run.folder().metrics()), metrics);
}

TEST(Training, LossFalls) {
  TrainMlmSettings settings = SmallSettings();
  settings.set_steps(1500);
  settings.set_warmup_steps(50);
  settings.set_dropout(0);
  settings.set_lr(3e-3);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  settings.set_log_every(500);
  SmallRun run("falls", settings);
  ASSERT_TRUE(run.trainer().Start().ok());
  ASSERT_TRUE(run.trainer().Train().ok());
  const std::vector<nlohmann::ordered_json> metrics = Metrics(run.folder());
  const double unigram = metrics[0]["unigram_loss"];
  EXPECT_LT(run.trainer().last_evaluation().loss(), unigram - 0.2);
}

TEST(Training, MemoryIsWhatTheDryRecordingSaid) {
  for (const char* packing : {"stream", "line"}) {
    for (const double dropout : {0.0, 0.1}) {
      SCOPED_TRACE(absl::StrCat(packing, ", dropout ", dropout));
      TrainMlmSettings settings = SmallSettings();
      settings.set_packing(packing);
      settings.set_dropout(dropout);
      SmallRun run(absl::StrCat("memory_", packing, dropout), settings);
      const Account predicted = PredictMemory(run.settings(), run.config());
      ASSERT_TRUE(run.trainer().Start().ok());
      // A first step makes what stays; the largest of the next ones counts: with
      // line packing a batch without padding takes no visibility.
      ASSERT_TRUE(run.trainer().Step().ok());
      Allocator::Default().account().ResetPeaks();
      for (int step = 0; step < 4; ++step) ASSERT_TRUE(run.trainer().Step().ok());
      const Account& measured = Allocator::Default().account();
      for (const Purpose purpose : kAllPurposes) {
        EXPECT_EQ(predicted.peak(purpose), measured.peak(purpose)) << Name(purpose);
      }
      EXPECT_EQ(predicted.peak_total(), measured.peak_total());
    }
  }
}

}  // namespace
}  // namespace hairpin
