#include "tools/training/mlm_data.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/few_files.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(CheckText, NamesTheFlag) {
  const std::string text = WriteTestFile("good.txt", TinyText(10));
  const std::string empty = WriteTestFile("empty.txt", "");
  TrainMlmSettings settings;
  const RunFolder folder(TestPath("checked"));
  const auto error = [&](const MlmText& of) { return Message(CheckText(of, settings, folder)); };
  EXPECT_EQ(error({{text}, {text}}), "");
  EXPECT_THAT(error({{text, TestPath("none")}, {}}),
              StartsWith("--data: " + TestPath("none") + ": cannot open: No such file"));
  EXPECT_EQ(error({{empty}, {}}),
            "--data: " + empty + ": found an empty file, expected UTF-8 text");
  EXPECT_EQ(error({{text}, {empty}}),
            "--eval_data: " + empty + ": found an empty file, expected UTF-8 text");
  settings.set_vocab(WriteTestFile("moved.vocab", "[UNK]\n[PAD]\n[CLS]\n[SEP]\n[MASK]\na\n"));
  EXPECT_THAT(error({{text}, {}}),
              StartsWith("--vocab: " + settings.vocab() + ":1: found \"[UNK]\""));
  // A run that has its vocabulary doesn't read the other one again.
  ASSERT_TRUE(CreateFolders(folder.path()).ok());
  WriteTestFile("checked/vocab.txt", "");
  EXPECT_EQ(error({{text}, {}}), "");
  ASSERT_EQ(unlink(folder.vocabulary().c_str()), 0);
  settings.set_vocab(WriteTestFile("good.vocab", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"));
  EXPECT_EQ(error({{text}, {}}), "");
}

// Prepares in a folder of this name again; what is said meanwhile goes to `said`.
absl::Status Prepare(const std::string& name, const MlmText& text,
                     const TrainMlmSettings& settings, std::string* said = nullptr,
                     Run* run = nullptr) {
  ::testing::internal::CaptureStderr();
  Progress progress(/*terminal=*/false);
  Run other;
  const absl::Status status = PrepareMlmData(text, settings, RunFolder(TestPath(name)), progress,
                                             run != nullptr ? run : &other)
                                  .status();
  const std::string lines = ::testing::internal::GetCapturedStderr();
  if (said != nullptr) *said = lines;
  return status;
}

TEST(PrepareMlmData, MakesVocabularyAndIds) {
  const std::string text = WriteTestFile("text.txt", TinyText(200));
  TinyRun run("made", TinySettings(), {{text}, {}});
  EXPECT_EQ(run.data.vocabulary->Fingerprint(),
            Vocabulary::Load(run.folder.vocabulary())->Fingerprint());
  EXPECT_GE(run.data.vocabulary->Find("fire"), kFirstOrdinaryId);
  // Lines 50, 100, 150, 200 are for evaluation.
  EXPECT_EQ(run.data.train->info().lines, 196);
  EXPECT_EQ(run.data.evaluation->info().lines, 4);
  EXPECT_EQ(run.data.train->seq_len(), 8);
  EXPECT_GT(run.data.unigram_loss, 1);
  EXPECT_LT(run.data.unigram_loss, 4);
}

TEST(PrepareMlmData, EvaluationFilesLeaveAllOfTheTextForTraining) {
  const std::string text = WriteTestFile("text.txt", TinyText(200));
  const std::string eval_text = WriteTestFile("eval.txt", TinyText(60));
  TinyRun run("two", TinySettings(), {{text}, {eval_text}});
  EXPECT_EQ(run.data.train->info().lines, 200);
  EXPECT_EQ(run.data.evaluation->info().lines, 60);
}

TEST(PrepareMlmData, UsesWhatIsThereAndMakesAgainWhatIsDamaged) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  TinyRun run("again", TinySettings(), text);
  const std::string train = run.folder.tokens("train");
  const std::string whole = *ReadFile(train);
  std::string said;
  ASSERT_TRUE(Prepare("again", text, run.settings, &said).ok());
  EXPECT_THAT(said, IsEmpty());
  ASSERT_TRUE(WriteFileAtomically(train, whole.substr(0, whole.size() - 1)).ok());
  ASSERT_TRUE(Prepare("again", text, run.settings, &said).ok());
  EXPECT_THAT(said, HasSubstr(train + ": found "));
  EXPECT_THAT(said, HasSubstr(": made again\n"));
  EXPECT_THAT(said, Not(HasSubstr("vocabulary: ")));
  EXPECT_EQ(*ReadFile(train), whole);
}

// An error of opening it, or its text, says nothing against a cache.
TEST(PrepareMlmData, MakesNothingAgainForWantOfDescriptors) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  TinyRun run("few", TinySettings(), text);
  const std::string train = run.folder.tokens("train");
  const auto written = std::filesystem::last_write_time(train);
  int failed = 0;
  for (int more = 0; more < 5; ++more) {
    ::testing::internal::CaptureStderr();  // opens a file
    std::string message;
    {
      Progress progress(/*terminal=*/false);
      ::hairpin::Run record;
      const FewFiles few(more);
      message = Message(
          PrepareMlmData(text, run.settings, run.folder, progress, &record).status());
    }
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(said, "") << more;
    if (message.empty()) continue;
    EXPECT_THAT(message, HasSubstr(": cannot open: Too many open files")) << more;
    ++failed;
  }
  EXPECT_GE(failed, 2);
  EXPECT_EQ(std::filesystem::last_write_time(train), written);
}

TEST(PrepareMlmData, MakesAgainWhatIsOfAnotherTextOrVocabulary) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  const MlmText other = {{WriteTestFile("other.txt", TinyText(201))}, {}};
  TinyRun run("other", TinySettings(), text);
  const std::string train = run.folder.tokens("train");
  const std::string before = *ReadFile(train);
  std::string said;
  ASSERT_TRUE(Prepare("other", other, run.settings, &said).ok());
  EXPECT_THAT(said, HasSubstr(train + ": found bytes of text "));
  EXPECT_THAT(said, HasSubstr(": made again\n"));
  EXPECT_NE(*ReadFile(train), before);
  TrainMlmSettings line = run.settings;
  line.set_packing("line");
  ASSERT_TRUE(Prepare("other", text, line, &said).ok());
  ASSERT_TRUE(Prepare("other", text, run.settings, &said).ok());
  EXPECT_THAT(said, HasSubstr(train + ": found packing line, expected stream: made again\n"));
  EXPECT_EQ(*ReadFile(train), before);
  const std::string vocabulary = *ReadFile(run.folder.vocabulary());
  WriteTestFile("other/vocab.txt", vocabulary + "zebra\n");
  ASSERT_TRUE(Prepare("other", text, run.settings, &said).ok());
  EXPECT_THAT(said, HasSubstr(train + ": found vocabulary size "));
  WriteTestFile("other/vocab.txt", vocabulary);
  ASSERT_TRUE(Prepare("other", text, run.settings, &said).ok());
  EXPECT_EQ(*ReadFile(train), before);
}

TEST(PrepareMlmData, IgnoresAChangeOfTextOnly) {
  const MlmText text = {{WriteTestFile("gone.txt", TinyText(200))}, {}};
  TinyRun run("ignoring", TinySettings(), text);
  const std::string train = run.folder.tokens("train");
  const std::string before = *ReadFile(train);
  ASSERT_EQ(unlink(text.data[0].c_str()), 0);
  EXPECT_THAT(Message(Prepare("ignoring", text, run.settings)),
              StartsWith("--data: " + text.data[0] + ": cannot open"));
  TrainMlmSettings ignoring = run.settings;
  ignoring.set_ignore_data_change(true);
  EXPECT_TRUE(CheckText(text, ignoring, run.folder).ok());
  std::string said;
  EXPECT_EQ(Message(Prepare("ignoring", text, ignoring, &said)), "");
  EXPECT_EQ(said, "");
  // What isn't there any more can't be made of a text that has changed, if it is there at all.
  const auto error = [&] { return Message(Prepare("ignoring", text, ignoring)); };
  ASSERT_TRUE(WriteFileAtomically(train, before.substr(0, before.size() - 1)).ok());
  EXPECT_THAT(error(), StartsWith("--ignore_data_change: " + train + ": found "));
  ASSERT_EQ(unlink(train.c_str()), 0);
  EXPECT_THAT(error(), StartsWith("--ignore_data_change: " + train + ": cannot open"));
  ASSERT_TRUE(WriteFileAtomically(train, before).ok());
  ignoring.set_packing("line");
  EXPECT_EQ(error(), "--ignore_data_change: " + train + ": found packing stream, expected line");
  ASSERT_EQ(unlink(run.folder.vocabulary().c_str()), 0);
  EXPECT_THAT(error(), StartsWith(run.folder.vocabulary() + ": cannot open"));
}

TEST(PrepareMlmData, TellsTheRunOfItsVocabulary) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  TinyRun made("told", TinySettings(), text);
  const std::string path = made.folder.vocabulary();
  ::hairpin::Run run;
  ASSERT_TRUE(Prepare("told", text, made.settings, nullptr, &run).ok());
  EXPECT_EQ(run.vocabulary_sha256(), Vocabulary::Load(path)->Fingerprint());
  const std::string vocabulary = *ReadFile(path);
  WriteTestFile("told/vocab.txt", vocabulary + "zebra\n");
  const std::string before = *ReadFile(made.folder.tokens("train"));
  EXPECT_THAT(Message(Prepare("told", text, made.settings, nullptr, &run)),
              AllOf(StartsWith(path + ": found tokens with SHA-256 "),
                    EndsWith("; removing it makes the same one again")));
  // Nobody makes somebody's again.
  TrainMlmSettings given = made.settings;
  given.set_vocab("somebodys.txt");
  EXPECT_THAT(Message(Prepare("told", text, given, nullptr, &run)),
              EndsWith(" as when the run began"));
  WriteTestFile("told/vocab.txt", vocabulary.substr(3));
  EXPECT_THAT(Message(Prepare("told", text, made.settings, nullptr, &run)),
              AllOf(StartsWith(path + ": found 64 tokens without [PAD]"),
                    EndsWith("; removing it makes the same one again")));
  EXPECT_EQ(*ReadFile(made.folder.tokens("train")), before);
  ASSERT_EQ(unlink(path.c_str()), 0);
  EXPECT_EQ(Message(Prepare("told", text, made.settings, nullptr, &run)), "");
  EXPECT_EQ(*ReadFile(path), vocabulary);
}

TEST(PrepareMlmData, SaysWhichTextIsTooShort) {
  const std::string text = WriteTestFile("text.txt", TinyText(200));
  const std::string thirty = WriteTestFile("thirty.txt", TinyText(30));
  ASSERT_TRUE(RunFolder(TestPath("short")).MakeFolders().ok());
  EXPECT_THAT(Message(Prepare("short", {{thirty}, {}}, TinySettings())),
              StartsWith("--data (its lines 50, 100, ... for evaluation): " + thirty + ": found"));
  ASSERT_TRUE(RunFolder(TestPath("short_eval")).MakeFolders().ok());
  const std::string two = WriteTestFile("two.txt", "the old\n");
  EXPECT_THAT(Message(Prepare("short_eval", {{text}, {two}}, TinySettings())),
              StartsWith("--eval_data: " + two + ": found 4 ids in 1 lines"));
}

// The folder is moved while the vocabulary is learnt; what lies at its path now is somebody else's.
TEST(PrepareMlmData, WritesNothingIntoAFolderThatIsNotItsOwnAnyMore) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  RunFolder folder(TestPath("moved"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  Progress progress(/*terminal=*/false);
  hairpin::Run run;
  folder.set_guard([] { return absl::FailedPreconditionError("it was moved"); });
  EXPECT_EQ(Message(PrepareMlmData(text, TinySettings(), folder, progress, &run).status()),
            "it was moved");
  EXPECT_FALSE(ReadFile(folder.vocabulary()).ok());
  WriteTestFile("moved/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfire\n");
  EXPECT_EQ(Message(PrepareMlmData(text, TinySettings(), folder, progress, &run).status()),
            "it was moved");
  EXPECT_NE(access((folder.path() + "/tokens").c_str(), F_OK), 0);
  EXPECT_EQ(Message(folder.WriteRun(run)), "it was moved");
  EXPECT_FALSE(folder.RequireRun().ok());
}

TEST(PrepareMlmData, ACacheThatCannotBeWrittenIsNoErrorOfTheText) {
  const std::string text = WriteTestFile("text.txt", TinyText(200));
  const std::string train = RunFolder(TestPath("blocked")).tokens("train");
  ASSERT_TRUE(CreateFolders(train + ".partial/in the way").ok());
  EXPECT_THAT(Message(Prepare("blocked", {{text}, {}}, TinySettings())),
              StartsWith(train + ".partial: found a directory"));
}

TEST(PrepareMlmData, CountsDirtOnce) {
  const MlmText text = {{WriteTestFile("dirty.txt", TinyText(200) + "a\xFF" "b\n")}, {}};
  ASSERT_TRUE(RunFolder(TestPath("dirty")).MakeFolders().ok());
  std::string said;
  ASSERT_TRUE(Prepare("dirty", text, TinySettings(), &said).ok());
  const std::string line = "--data: 1 invalid UTF-8 sequences became U+FFFD, 0 NULs\n";
  ASSERT_THAT(said, HasSubstr(line));
  EXPECT_THAT(said.substr(said.find(line) + line.size()), Not(HasSubstr("invalid")));
}

}  // namespace
}  // namespace hairpin
