// A run's own files on disks that fail: its settings, and the log beside its checkpoints.
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"
#include "tensor/writer_faults.h"
#include "tools/training/metrics.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_contents.h"
#include "tools/training/run_folder.h"
#include "tools/training/tiny_run.h"
#include "tools/training/tiny_trainer.h"
#include "tools/training/trainer.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RunFaultsTest, Settings) {
  const RunFolder folder(TestPath("settings_faults"));
  const WriterUnderTest writer = {
      .folder = folder.path(),
      .name = "run.textproto",
      .write =
          [&](const std::string& path, bool second) {
            hairpin::Run run;
            run.mutable_given()->set_steps(second ? 20 : 10);
            return folder.WriteRun(run);
          },
      .load = [&](const std::string& path) { return folder.ReadRun().status(); }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "write"));
  EXPECT_GE(CheckPowerLoss(writer), 8);
}

// What a training does at a checkpoint: lines, a sync of them, a file that names their length.
absl::Status LogAndSave(const RunFolder& folder) {
  auto metrics = MetricsFile::Open(folder.metrics(), 0);
  if (!metrics.ok()) return metrics.status();
  for (int64_t step = 0; step < 3; ++step) {
    if (absl::Status s = (*metrics)->Append({{"step", step}}); !s.ok()) return s;
    if (absl::Status s = (*metrics)->Sync(); !s.ok()) return s;
    absl::Status s = WriteFileAtomically(folder.checkpoint(step),
                                         std::to_string((*metrics)->bytes()));
    if (!s.ok()) return s;
    folder.RemoveOldCheckpoints(1);
  }
  return absl::OkStatus();
}

RunFolder NewFolder(const std::string& name) {
  const RunFolder folder(TestPath(name));
  std::filesystem::remove_all(folder.path());
  EXPECT_TRUE(folder.MakeFolders().ok());
  return folder;
}

TEST(RunFaultsTest, EveryCallOfLoggingFails) {
  int failures = 0, short_writes = 0;
  for (const int error_number : {ENOSPC, EIO, EROFS, FailingFiles::kShortWrite}) {
    for (int call = 1;; ++call) {
      const RunFolder folder = NewFolder("log_faults");
      FailingFiles files;
      files.set_syncs(false);
      files.FailAt(call, error_number);
      const ScopedFileCalls scope(&files);
      const absl::Status status = LogAndSave(folder);
      if (files.failed().empty()) break;
      SCOPED_TRACE(testing::Message() << "call " << call << ", " << files.failed() << ", error "
                                      << error_number);
      if (error_number == FailingFiles::kShortWrite) {
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(*ReadFile(folder.metrics()), "{\"step\":0}\n{\"step\":1}\n{\"step\":2}\n");
        EXPECT_EQ(*ReadFile(folder.checkpoint(2)), "33");
        short_writes += files.failed() == "write";
        continue;
      }
      // Files and folders that were only looked at, and old checkpoints: nothing is lost by them.
      if (files.failed() == "unlink" || (files.failed() == "close" && status.ok())) continue;
      ++failures;
      EXPECT_THAT(std::string(status.message()), HasSubstr(folder.path()));
      EXPECT_THAT(std::string(status.message()), HasSubstr(std::strerror(error_number)));
    }
  }
  EXPECT_GT(failures, 3 * 25);
  EXPECT_EQ(short_writes, 6);
}

// A checkpoint never counts on lines that the disk does not have, and one is there from the first
// on.
TEST(RunFaultsTest, ThePowerGoesBeforeEachCallOfLogging) {
  for (const auto names : PowerLoss::kAllNames) {
    for (int call = 1;; ++call) {
      const RunFolder folder = NewFolder("power");
      PowerLoss disk(folder.path());
      {
        const ScopedFileCalls scope(&disk);
        disk.StopBefore(call);
        LogAndSave(folder).IgnoreError();
      }
      const bool stopped = disk.stopped();
      disk.Restart(names);
      const auto checkpoints = folder.Checkpoints();
      for (const std::string& checkpoint : *checkpoints) {
        int64_t bytes = 0;
        EXPECT_TRUE(absl::SimpleAtoi(*ReadFile(checkpoint), &bytes)) << call;
        EXPECT_TRUE(MetricsFile::Open(folder.metrics(), bytes).ok()) << call;
      }
      if (!stopped) {
        EXPECT_THAT(*folder.Checkpoints(), testing::Contains(folder.checkpoint(2)));
        break;
      }
    }
  }
}

// The same of a real training: whatever was lost, resumed it ends like one that was not disturbed.
TEST(RunFaultsTest, ThePowerGoesBeforeEachCallOfATraining) {
  TrainMlmSettings settings = TinySettings();
  settings.set_steps(3);
  settings.set_log_every(1);
  settings.set_eval_every(2);
  settings.set_checkpoint_every(1);
  settings.set_keep(1);
  TinyRun run("power_of_training", settings);
  const auto train = [&] {
    Trainer trainer = NewTrainer(run);
    absl::Status status = trainer.Start();
    return status.ok() ? trainer.Train() : status;
  };
  const auto begin_anew = [&] {
    std::filesystem::remove_all(run.folder.path() + "/checkpoints");
    std::filesystem::remove(run.folder.metrics());
    return run.folder.MakeFolders();
  };
  ASSERT_TRUE(train().ok());
  const auto expected = RunContents(run.folder.path());
  for (const auto names : PowerLoss::kAllNames) {
    for (int call = 1;; ++call) {
      SCOPED_TRACE(testing::Message() << "before call " << call << ", mode "
                                      << static_cast<int>(names));
      ASSERT_TRUE(begin_anew().ok());
      PowerLoss disk(run.folder.path());
      bool done = false;
      {
        const ScopedFileCalls scope(&disk);
        disk.StopBefore(call);
        done = train().ok();
      }
      const bool stopped = disk.stopped();
      disk.Restart(names);
      EXPECT_TRUE(!done || !run.folder.Checkpoints()->empty());
      run.folder.RemovePartialFiles();  // as whoever holds a resumed run does
      Trainer resumed = NewTrainer(run);
      absl::Status status = resumed.Resume();
      if (status.ok()) status = resumed.Train();
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_EQ(Difference(expected, RunContents(run.folder.path())), "");
      if (!stopped) break;
    }
  }
}

}  // namespace
}  // namespace hairpin
