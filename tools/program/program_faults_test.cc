// A program that trains, from its flags to its end, on disks that fail: the folder that it makes,
// its record, vocabulary and ids, its steps, and what follows the last one.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"
#include "tools/program/training_program.h"
#include "tools/training/mlm_data.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/mlm_task.h"
#include "tools/training/run_contents.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

constexpr int kErrors[] = {ENOSPC, EIO, EROFS};

// train_mlm with a picture at its end.
class TinyProgram final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return TrainMlmRules(); }
  TrainMlmSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--hidden"; }

  absl::Status Open(const RunFolder& folder) override {
    return CheckText(text(), settings_, folder);
  }
  std::vector<std::string> DataFiles() const override {
    if (++asked_ == append_at_) Append();
    return text().data;
  }
  absl::Status Prepare(const RunFolder& folder, Progress& progress, Run* run) override {
    absl::StatusOr<MlmData> data = PrepareMlmData(text(), settings_, folder, progress, run);
    if (!data.ok()) return data.status();
    data_ = std::make_unique<MlmData>(*std::move(data));
    settings_.set_vocab_size(data_->vocabulary->size());
    if (append_at_ == kInPrepare) Append();
    return absl::OkStatus();
  }
  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    return std::make_unique<MlmTask>(context, settings_,
                                     ConfigOf(settings_, settings_.vocab_size()), data_.get());
  }
  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    return WriteFileAtomically(folder.path() + "/samples.png", std::to_string(trainer.step()));
  }

  // When somebody else writes to the text: as often as DataFiles has been asked by then.
  static constexpr int kNever = 0, kInPrepare = -1;
  void set_append_at(int append_at) { append_at_ = append_at; }

 private:
  void Append() const { std::ofstream(settings_.data(), std::ios::app) << "the old man\n"; }
  MlmText text() const { return {.data = {settings_.data()}, .eval_data = {}}; }

  TrainMlmSettings settings_;
  int append_at_ = kNever;
  mutable int asked_ = 0;
  std::unique_ptr<MlmData> data_;
};

// Trainings of a program in the folder "disk/run", in this process.
class ProgramFaultsTest : public ::testing::Test {
 protected:
  ProgramFaultsTest() {
    CleanDisk();
    EXPECT_EQ(Start(), 0) << said_;
    expected_ = Contents();
  }

  // All but how many checkpoints there are: that an old one could not be removed is no error.
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents = RunContents(run_);
    contents.erase("the number of checkpoints");
    return contents;
  }

  void CleanDisk() {
    fs::remove_all(disk_);
    fs::create_directory(disk_);
  }

  // Goes on where there is a run; returns its exit code.
  int Start(int append_at = TinyProgram::kNever) {
    std::vector<std::string> words = {"tiny", "--out_dir=" + run_};
    if (fs::exists(run_ + "/run.textproto")) {
      words.push_back("--resume");
    } else {
      for (const char* flag : {"--layers=1", "--hidden=8", "--heads=2", "--intermediate=16",
                               "--seq_len=8", "--vocab_size=64", "--micro_batch=2",
                               "--accumulation=1", "--threads=1", "--steps=2", "--log_every=1",
                               "--checkpoint_every=1", "--keep=1", "--early_stopping=9"}) {
        words.push_back(flag);
      }
      words.push_back("--data=" + text_);
    }
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    TinyProgram program;
    program.set_append_at(append_at);
    const int code =
        RunTraining(program, "", static_cast<int>(arguments.size()), arguments.data());
    said_ = ::testing::internal::GetCapturedStderr();
    ::testing::internal::GetCapturedStdout();
    return code;
  }

  struct Failed {
    int code;
    std::string call;  // "" where the program makes fewer
  };

  // On a clean disk of which that call fails.
  Failed StartAndFail(int call, int error_number) {
    CleanDisk();
    FailingFiles files;
    files.set_syncs(false);
    files.FailAt(call, error_number);
    const ScopedFileCalls scope(&files);
    const int code = Start();
    return {code, files.failed()};
  }

  void ExpectNothingHalfWritten() const {
    for (const auto& entry : fs::recursive_directory_iterator(disk_)) {
      EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
    }
  }

  // Once more, or anew where nothing is there yet.
  void ExpectItEndsAsUndisturbed() {
    PowerLoss never(disk_);
    const ScopedFileCalls scope(&never);  // faster: it syncs nothing
    EXPECT_EQ(Start(), 0) << said_;
    EXPECT_EQ(Difference(expected_, Contents()), "");
  }

  const std::string disk_ = TestPath("disk"), run_ = disk_ + "/run";
  const std::string text_ = WriteTestFile("program_faults.txt", TinyText(200));
  std::map<std::string, std::string> expected_;
  std::string said_;
};

// The record's hash would be of another text than the ids.
TEST_F(ProgramFaultsTest, ATextThatIsWrittenToBehindItsHashIsAnError) {
  CleanDisk();
  EXPECT_EQ(Start(TinyProgram::kInPrepare), 1);
  EXPECT_THAT(said_, testing::HasSubstr(text_ + ": found that it changed while it was read"));
  EXPECT_FALSE(fs::exists(run_));
}

// Comparing a text may take long: what is read after it must be what was compared.
TEST_F(ProgramFaultsTest, ATextThatIsWrittenToWhileARunIsResumedIsAnError) {
  int call = 1;
  while (StartAndFail(call, EIO).code == 0 || !fs::exists(run_ + "/checkpoints/step-000001")) {
    ++call;
  }
  EXPECT_EQ(Start(/*append_at=*/2), 1);
  EXPECT_THAT(said_, testing::HasSubstr("faults.txt: found that it changed while it was read"));
  EXPECT_EQ(Start(), 1);
  EXPECT_THAT(said_, testing::HasSubstr("12 bytes after the "));
  WriteTestFile("program_faults.txt", TinyText(200));
  ExpectItEndsAsUndisturbed();
}

// Of a call that fails: a run that doesn't go on says why, leaves nothing half-written and no run
// without its record, and ends like any other once it can.
TEST_F(ProgramFaultsTest, EveryCallFailsWithEachError) {
  int failures = 0, calls = 0, short_writes = 0;
  for (const int error_number : kErrors) {
    for (int call = 1;; ++call) {
      const auto [code, failed] = StartAndFail(call, error_number);
      if (failed.empty()) break;
      SCOPED_TRACE(testing::Message() << "call " << call << ", " << failed << ", error "
                                      << error_number);
      ++calls;
      if (code != 0) {
        ++failures;
        EXPECT_EQ(code, 1);
        EXPECT_THAT(said_, testing::HasSubstr(disk_));
        EXPECT_THAT(said_, testing::HasSubstr(std::strerror(error_number)));
      } else {  // of a folder that is there or was only synced, or of an old checkpoint
        EXPECT_THAT(failed, testing::AnyOf("mkdir", "close", "unlink"));
        EXPECT_EQ(Difference(expected_, Contents()), "");
      }
      ExpectNothingHalfWritten();
      EXPECT_TRUE(!fs::exists(run_) || fs::exists(run_ + "/run.textproto"));
      ExpectItEndsAsUndisturbed();
      if (error_number != kErrors[0] || failed != "write") continue;
      // Half of the same write is written, which is no error.
      EXPECT_EQ(StartAndFail(call, FailingFiles::kShortWrite).code, 0) << said_;
      ExpectNothingHalfWritten();
      EXPECT_EQ(Difference(expected_, Contents()), "");
      ++short_writes;
    }
  }
  std::printf("%d calls failed, of which %d ended the program; %d writes were short\n", calls,
              failures, short_writes);
  EXPECT_GT(failures, 3 * 60);
  EXPECT_GT(short_writes, 10);
}

TEST_F(ProgramFaultsTest, ThePowerGoesBeforeEachCallInEachMode) {
  int losses = 0;
  for (const auto names : PowerLoss::kAllNames) {
    for (int call = 1;; ++call) {
      SCOPED_TRACE(testing::Message() << "before call " << call << ", mode "
                                      << static_cast<int>(names));
      CleanDisk();
      PowerLoss disk(disk_);
      {
        const ScopedFileCalls scope(&disk);
        disk.StopBefore(call);
        Start();
      }
      const bool stopped = disk.stopped();
      disk.Restart(names);
      if (!stopped) {
        EXPECT_EQ(Difference(expected_, Contents()), "");
      }
      ExpectItEndsAsUndisturbed();
      if (!stopped) break;
      ++losses;
    }
  }
  std::printf("the power went %d times\n", losses);
  EXPECT_GT(losses, 3 * 80);
}

}  // namespace
}  // namespace hairpin
