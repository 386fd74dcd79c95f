#include "tools/training/resumed_run.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "optim/adamw.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/data_files.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

using ::testing::StartsWith;

// The folder of a run of this record, as text.
RunFolder FolderOf(const std::string& name, const std::string& record) {
  const RunFolder folder(TestPath(name));
  HAIRPIN_CHECK(folder.MakeFolders().ok());
  WriteTestFile(name + "/run.textproto", record + "\n# CRC-32C: none\n");
  return folder;
}

// The error of resuming a run of this record, behind the file's name.
std::string ErrorOf(const std::string& record) {
  const RunFolder folder = FolderOf("edited", record);
  const std::string message =
      Message(ReadResumedRun(TrainMlmRules(), folder, TrainMlmSettings()).status());
  const std::string file = folder.path() + "/run.textproto: ";
  EXPECT_THAT(message, StartsWith(file));
  return message.substr(file.size());
}

// The way on that is offered is one for data that is not what it was.
TEST(DataChanged, OffersToIgnoreDifferencesOnly) {
  TrainMlmSettings settings;
  settings.set_data("/");
  const auto said = [&](const absl::Status& status) {
    return Message(DataChanged(TrainMlmRules(), settings, status));
  };
  EXPECT_EQ(said(absl::FailedPreconditionError("/: found 1 bytes, expected 2")),
            "--resume: /: found 1 bytes, expected 2, as when the run began; --ignore_data_change "
            "goes on");
  EXPECT_EQ(said(absl::UnknownError("/: cannot read: Input/output error")),
            "--resume: /: cannot read: Input/output error");
}

// A run of its own ids needs no other text, and doesn't forget where its own is.
TEST(ReadResumedRun, KeepsThePlaceOfItsDataUnlessTheSameIsElsewhere) {
  const std::string text = WriteTestFile("place.txt", "the old man");
  ::hairpin::Run record;
  ASSERT_TRUE(RecordDataFiles({text}, &record).ok());
  const RunFolder folder = FolderOf(
      "places", absl::StrCat("given { data: \"", text, "\" } data { path: \"", text,
                             "\" bytes: 11 sha256: \"", record.data(0).sha256(), "\" }"));
  const auto place = [&](const std::string& data) {
    TrainMlmSettings given;
    given.set_resume(true);
    given.set_data(data);
    given.set_ignore_data_change(true);
    const absl::StatusOr<ResumedRun> resumed = ReadResumedRun(TrainMlmRules(), folder, given);
    EXPECT_EQ(Message(resumed.status()), "");
    const std::filesystem::path path = resumed->run.data(0).path();
    EXPECT_EQ(resumed->run.settings().data(), path.lexically_normal().string());
    return path.filename().string();
  };
  EXPECT_EQ(place("/nonexist"), "place.txt");
  EXPECT_EQ(place(WriteTestFile("other.txt", "the old dog")), "place.txt");
  EXPECT_EQ(place(WriteTestFile("same.txt", "the old man")), "same.txt");
}

TEST(ReadResumedRun, FillsInWhatAStartDidNotComeTo) {
  const RunFolder folder = FolderOf(
      "early", "given { data: \"a.txt\" hidden: 8 trace: \"t\" } working_directory: \"/home\"");
  TrainMlmSettings given;
  given.set_resume(true);
  given.set_keep(7);
  const absl::StatusOr<ResumedRun> resumed = ReadResumedRun(TrainMlmRules(), folder, given);
  ASSERT_TRUE(resumed.ok()) << resumed.status().ToString();
  EXPECT_EQ(resumed->run.settings().data(), "/home/a.txt");
  EXPECT_EQ(resumed->run.settings().keep(), 2);
  const auto& settings = static_cast<const TrainMlmSettings&>(*resumed->settings);
  EXPECT_EQ(settings.data(), "/home/a.txt");
  EXPECT_EQ(settings.layers(), 3);
  EXPECT_EQ(settings.keep(), 7);
  EXPECT_FALSE(settings.has_trace());
  given.set_hidden(16);
  EXPECT_THAT(Message(ReadResumedRun(TrainMlmRules(), folder, given).status()),
              StartsWith("--hidden: found 16, expected 8 "));
}

TEST(ReadResumedRun, TrustsTheFileNoMoreThanFlags) {
  EXPECT_EQ(ErrorOf("settings { hidden: 0 }"),
            "--hidden: found '0', expected a whole number from 1 to 1048576");
  EXPECT_EQ(ErrorOf("given { heads: -4 }"),
            "--heads: found '-4', expected a whole number from 1 to 1048576");
  EXPECT_EQ(ErrorOf("given { } settings { lr: nan }"),
            "--lr: found 'nan', expected a number from 0 to 1000000");
  EXPECT_EQ(ErrorOf("settings { data: '' }"), "--data: found '', expected a value");
  EXPECT_EQ(ErrorOf("settings { hidden: 9 heads: 2 }"),
            "--hidden: found 9, expected a multiple of --heads, 2");
  EXPECT_THAT(ErrorOf("settings { vocab_size: 5 }"), StartsWith("--vocab_size: found '5', "));
}

TEST(ReadResumedRun, DataHasNoNegativeSize) {
  EXPECT_EQ(ErrorOf("given { } data { path: 'a.txt' bytes: -1 }"),
            "data: a.txt: found -1 bytes, expected 0 or more");
}

TEST(ReadResumedRun, IsOfTheProgramsOwn) {
  EXPECT_EQ(ErrorOf("program: 'train_tabular' flags { name: 'lr' value: '1' }"),
            "found a run of train_tabular, expected one of train_mlm");
}

TEST(ReadResumedRun, AnEmptyFileIsNoRun) {
  const std::string error = "found neither 'given' nor 'settings', expected those of a run";
  EXPECT_EQ(ErrorOf(""), error);
  EXPECT_EQ(ErrorOf("parameters: 5"), error);
}

TEST(ReadResumedRun, TakesAVocabularyOfAnySize) {
  for (const char* size : {"6", "2000000"}) {
    const RunFolder folder =
        FolderOf("size", std::string("given { } settings { vocab_size: ") + size + " }");
    EXPECT_TRUE(ReadResumedRun(TrainMlmRules(), folder, TrainMlmSettings()).ok()) << size;
  }
}

TrainingSettings Steps(int64_t steps) {
  TrainingSettings settings;
  settings.set_steps(steps);
  return settings;
}

TEST(FindEnd, IsTheNewestWholeCheckpointAtTheLastStep) {
  TinyRun run("end");
  MiniBert model({}, run.config());
  AdamW optimizer(DecayMatricesOnly(model, 0));
  EXPECT_FALSE(FindEnd(run.folder, Steps(2))->has_value());
  TrainingState state;
  for (const int step : {2, 3}) {
    state.set_last_loss(step);
    ASSERT_TRUE(WriteTraining(run.folder.checkpoint(step), {model, model.config(), optimizer}, step,
                              state).ok());
  }
  EXPECT_FALSE(FindEnd(run.folder, Steps(4))->has_value());
  ASSERT_TRUE(FindEnd(run.folder, Steps(3))->has_value());
  EXPECT_EQ((**FindEnd(run.folder, Steps(3))).step, 3);
  EXPECT_EQ((**FindEnd(run.folder, Steps(3))).state.last_loss(), 3);
  EXPECT_EQ((**FindEnd(run.folder, Steps(1))).step, 3);
  // The position can still be read, the tensors can't.
  std::string bytes = *ReadFile(run.folder.checkpoint(3));
  bytes[bytes.size() / 2] ^= 1;
  WriteTestFile("end/checkpoints/step-000003", bytes);
  EXPECT_FALSE(FindEnd(run.folder, Steps(3))->has_value());
  EXPECT_EQ((**FindEnd(run.folder, Steps(2))).step, 2);
  WriteTestFile("end/checkpoints/step-000003", "");
  EXPECT_EQ((**FindEnd(run.folder, Steps(2))).step, 2);
}

// Killed before the run's record says that it ended there.
TEST(FindEnd, IsWhereTheTrainingEndedEarly) {
  TinyRun run("early");
  MiniBert model({}, run.config());
  AdamW optimizer(DecayMatricesOnly(model, 0));
  TrainingState state;
  state.set_last_loss(0.05);
  state.set_evaluations_since_best(2);
  ASSERT_TRUE(WriteTraining(run.folder.checkpoint(3), {model, model.config(), optimizer}, 3,
                            state).ok());
  TrainingSettings settings = Steps(4);
  EXPECT_FALSE(FindEnd(run.folder, settings)->has_value());
  settings.set_early_stopping(3);
  EXPECT_FALSE(FindEnd(run.folder, settings)->has_value());
  settings.set_early_stopping(2);
  EXPECT_TRUE(FindEnd(run.folder, settings)->has_value());
  settings.clear_early_stopping();
  settings.set_overfit_one_batch(true);
  EXPECT_TRUE(FindEnd(run.folder, settings)->has_value());
}

}  // namespace
}  // namespace hairpin
