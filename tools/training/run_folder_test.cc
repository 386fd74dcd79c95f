#include "tools/training/run_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/damage.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

// A folder of its own, made, with empty checkpoints of these names.
RunFolder MakeFolder(const std::string& name, const std::vector<std::string>& checkpoints = {}) {
  const RunFolder folder(TestPath(name));
  EXPECT_TRUE(folder.MakeFolders().ok());
  for (const std::string& file : checkpoints) {
    EXPECT_TRUE(WriteFileAtomically(folder.path() + "/checkpoints/" + file, "").ok());
  }
  return folder;
}

TEST(RunFolder, NamesItsFiles) {
  const RunFolder folder("runs/a");
  EXPECT_EQ(folder.vocabulary(), "runs/a/vocab.txt");
  EXPECT_EQ(folder.tokens("eval"), "runs/a/tokens/eval");
  EXPECT_EQ(folder.metrics(), "runs/a/metrics.jsonl");
  EXPECT_EQ(folder.checkpoint(500), "runs/a/checkpoints/step-000500");
  EXPECT_EQ(folder.checkpoint(1234567), "runs/a/checkpoints/step-1234567");
}

TEST(RunFolder, HoldsARunWhenItHasItsRecord) {
  const RunFolder folder = MakeFolder("record");
  EXPECT_EQ(folder.RequireRun().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(folder.RequireRun()),
            folder.path() + ": found no run.textproto, expected a run folder");
  ::hairpin::Run run;
  run.mutable_settings()->set_lr(1e-3);
  run.add_data()->set_path("a \"quoted\" path");
  ASSERT_TRUE(folder.WriteRun(run).ok());
  EXPECT_TRUE(folder.RequireRun().ok());
  const absl::StatusOr<::hairpin::Run> read = folder.ReadRun();
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->SerializeAsString(), run.SerializeAsString());
}

TEST(RunFolder, ARunOfAnotherProgramIsAnErrorThatNamesBoth) {
  const RunFolder folder("runs/a");
  ::hairpin::Run run;
  EXPECT_TRUE(folder.RequireProgram(run, "train_mlm").ok());
  EXPECT_EQ(Message(folder.RequireProgram(run, "train_gpt")),
            "--run: runs/a: found a run of train_mlm, expected one of train_gpt");
  run.set_program("train_gpt");
  EXPECT_TRUE(folder.RequireProgram(run, "train_gpt").ok());
  EXPECT_EQ(Message(folder.RequireProgram(run, "train_mlm")),
            "--run: runs/a: found a run of train_gpt, expected one of train_mlm");
}

TEST(RunFolder, ADamagedRecordIsAnErrorWithItsPlace) {
  const RunFolder folder = MakeFolder("damaged");
  ASSERT_TRUE(WriteFileAtomically(folder.path() + "/run.textproto",
                                  "parameters: 5\nsettings { stpes: 3 }\n").ok());
  const absl::Status status = folder.ReadRun().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(status), HasSubstr("/damaged/run.textproto:2:"));
  EXPECT_THAT(Message(status), HasSubstr("stpes"));
  EXPECT_THAT(Message(status), EndsWith(", expected a run in protobuf's text format"));
}

TEST(RunFolder, ARottenRecordIsAnErrorWithItsPlace) {
  const RunFolder folder = MakeFolder("rotten");
  const std::string path = folder.path() + "/run.textproto";
  ::hairpin::Run run;
  run.mutable_given()->set_lr(1e-3);
  run.mutable_given()->set_steps(10);
  run.add_data()->set_path("a # b");
  ASSERT_TRUE(folder.WriteRun(run).ok());
  ForEachDamage(*ReadFile(path), [&](const std::string& damaged) {
    WriteTestFile("rotten/run.textproto", damaged);
    const absl::Status status = folder.ReadRun().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(Message(status), MatchesRegex(path + ":[0-9]+:.*found .*expected .*"));
  });
}

TEST(RunFolder, ARecordWrittenByHandSaysSo) {
  const RunFolder folder = MakeFolder("by_hand");
  const auto read = [&](const std::string& text) {
    WriteTestFile("by_hand/run.textproto", text);
    return folder.ReadRun().status();
  };
  EXPECT_TRUE(read("parameters: 5\n# CRC-32C: none\n").ok());
  EXPECT_THAT(Message(read("parameters: 5\n")),
              EndsWith("by_hand/run.textproto:1: found no checksum as its last line, expected "
                       "'# CRC-32C: ' and that of the lines above, or '# CRC-32C: none' where it "
                       "was written by hand"));
  EXPECT_THAT(Message(read("parameters: 5\n# CRC-32C: 12345678\n")),
              MatchesRegex(".*:2: found the checksum 12345678 as its last line, expected "
                           "[0-9a-f]{8}, or none where it was changed by hand"));
  EXPECT_FALSE(read("parameters: 5\n# CRC-32C: none\nparameters: 6\n").ok());
}

TEST(RunFolder, MakesWhatIsMissing) {
  const RunFolder folder = MakeFolder("made/anew", {"step-000001"});
  ASSERT_TRUE(folder.MakeFolders().ok());
  EXPECT_FALSE(WriteFileAtomically(folder.tokens("train"), "").ok());
  ASSERT_TRUE(folder.MakeTokensFolder().ok());
  EXPECT_TRUE(WriteFileAtomically(folder.tokens("train"), "").ok());
  EXPECT_THAT(*folder.Checkpoints(), ElementsAre(folder.checkpoint(1)));
  EXPECT_THAT(Message(RunFolder(folder.checkpoint(1)).MakeFolders()),
              HasSubstr("step-000001: cannot make folder: Not a directory"));
}

TEST(RunFolder, CheckpointsAreInOrderOfTheirSteps) {
  const RunFolder folder =
      MakeFolder("checkpoints", {"step-000500", "step-1000000", "step-999999", "step-",
                                 "step-000700.partial", "step-000800.damaged", "notes"});
  EXPECT_THAT(*folder.Checkpoints(), ElementsAre(folder.checkpoint(1000000),
                                                folder.checkpoint(999999), folder.checkpoint(500)));
  EXPECT_THAT(*RunFolder(TestPath("nowhere")).Checkpoints(), IsEmpty());
}

// What can't be read is not empty: a run would begin anew for it.
TEST(RunFolder, ThatCannotBeReadIsAnError) {
  const RunFolder folder = MakeFolder("unread", {});
  const std::string checkpoints = folder.path() + "/checkpoints";
  ASSERT_EQ(rmdir(checkpoints.c_str()), 0);
  EXPECT_THAT(*folder.Checkpoints(), IsEmpty());
  ASSERT_EQ(symlink("checkpoints", checkpoints.c_str()), 0);  // leads to itself
  const std::string error =
      checkpoints + ": cannot read the folder: Too many levels of symbolic links";
  EXPECT_EQ(Message(folder.Checkpoints().status()), error);
  EXPECT_THAT(folder.RemoveOldCheckpoints(1), ElementsAre(error));
  folder.RemovePartialFiles();
  EXPECT_THAT(Message(RunFolder(checkpoints).RequireRun()),
              EndsWith("checkpoints/run.textproto: cannot look at: Too many levels of symbolic "
                       "links"));
}

TEST(RunFolder, OldCheckpointsGoAndTheNewestDamagedOneStaysAside) {
  const RunFolder folder = MakeFolder("old", {"step-000001", "step-000002", "step-000003",
                                              "step-000002.damaged", "step-x.damaged"});
  const std::vector<std::string> two = {folder.checkpoint(2), folder.checkpoint(1)};
  EXPECT_TRUE(RunFolder::SetAside(folder.checkpoint(3)).ok());
  EXPECT_TRUE(ReadFile(folder.checkpoint(3) + ".damaged").ok());
  EXPECT_EQ(*folder.Checkpoints(), two);
  EXPECT_THAT(folder.RemoveOldCheckpoints(2), IsEmpty());
  EXPECT_EQ(*folder.Checkpoints(), two);
  EXPECT_THAT(folder.RemoveOldCheckpoints(1), IsEmpty());
  EXPECT_THAT(*folder.Checkpoints(), ElementsAre(folder.checkpoint(2)));
  EXPECT_TRUE(ReadFile(folder.checkpoint(3) + ".damaged").ok());
  EXPECT_FALSE(ReadFile(folder.checkpoint(2) + ".damaged").ok());
  EXPECT_TRUE(ReadFile(folder.path() + "/checkpoints/step-x.damaged").ok());
}

// One that could not be set aside must not push good ones out.
TEST(RunFolder, CheckpointsAfterTheNewestGoodOneAreNotCounted) {
  const RunFolder folder =
      MakeFolder("after", {"step-000001", "step-000002", "step-000003", "step-000009"});
  EXPECT_THAT(folder.RemoveOldCheckpoints(2, folder.checkpoint(3)), IsEmpty());
  EXPECT_THAT(*folder.Checkpoints(), ElementsAre(folder.checkpoint(9), folder.checkpoint(3),
                                                folder.checkpoint(2)));
  EXPECT_THAT(folder.RemoveOldCheckpoints(1, folder.checkpoint(4)), IsEmpty());
  EXPECT_EQ(folder.Checkpoints()->size(), 3u);
}

TEST(RunFolder, SaysWhatItCouldNotRemove) {
  const RunFolder folder = MakeFolder("stays", {"step-000002", "step-000003"});
  for (const char* name : {"/checkpoints/step-000001", "/vocab.txt.partial"}) {
    ASSERT_TRUE(CreateFolders(folder.path() + name).ok());  // unlink removes no folder
  }
  EXPECT_THAT(folder.RemoveOldCheckpoints(1),
              ElementsAre(MatchesRegex(".*/step-000001: cannot be removed: .+")));
  EXPECT_THAT(*folder.Checkpoints(), ElementsAre(folder.checkpoint(3), folder.checkpoint(1)));
  EXPECT_THAT(Message(RunFolder::SetAside(folder.checkpoint(7))),
              EndsWith("step-000007: cannot be renamed to *.damaged: No such file or directory"));
  testing::internal::CaptureStderr();
  folder.RemovePartialFiles();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              MatchesRegex("warning: .*/vocab.txt.partial: found a directory, expected a regular "
                           "file\n"));
}

TEST(RunFolder, OnlyItsOwnHalfWrittenFilesAreRemoved) {
  const RunFolder folder = MakeFolder("partial", {"step-000001", "step-000002.partial"});
  for (const char* name : {"vocab.txt", "run.textproto", "download"}) {
    WriteTestFile(absl::StrCat("partial/", name, ".partial"), "");
  }
  folder.RemovePartialFiles();
  EXPECT_FALSE(ReadFile(folder.checkpoint(2) + ".partial").ok());
  EXPECT_FALSE(ReadFile(folder.path() + "/vocab.txt.partial").ok());
  EXPECT_FALSE(ReadFile(folder.path() + "/run.textproto.partial").ok());
  EXPECT_TRUE(ReadFile(folder.path() + "/download.partial").ok());
  EXPECT_TRUE(ReadFile(folder.checkpoint(1)).ok());
}

TEST(RunFolder, DefaultIsDateAndTime) {
  EXPECT_THAT(DefaultRunPath(), MatchesRegex("runs/[0-9]+-[0-9]+"));
  EXPECT_EQ(DefaultRunPath().size(), std::string("runs/20240131-235959").size());
  EXPECT_THAT(DefaultRunPath(12), MatchesRegex("runs/[0-9]+-[0-9]+-12"));
}

TEST(RunFiles, AreFoundBesideTheProgramAndByTheEnvironment) {
  ASSERT_TRUE(CreateFolders(TestPath("program.runfiles/hairpin")).ok());
  const std::string beside = WriteTestFile("program.runfiles/hairpin/beside.txt", "");
  EXPECT_EQ(FindRunfile("hairpin/beside.txt", TestPath("program")), beside);
  EXPECT_EQ(FindRunfile("hairpin/beside.txt", TestPath("other")), "");
  setenv("RUNFILES_DIR", TestPath("program.runfiles").c_str(), 1);
  EXPECT_EQ(FindRunfile("hairpin/beside.txt", TestPath("other")), beside);
  unsetenv("RUNFILES_DIR");
}

}  // namespace
}  // namespace hairpin
