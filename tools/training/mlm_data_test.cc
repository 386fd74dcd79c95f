#include "tools/training/mlm_data.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

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
  EXPECT_THAT(error({{text}, {}}), StartsWith("--vocab: " + settings.vocab() + ":1: found \"[UNK]\""));
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

TEST(PrepareMlmData, RecordsFilesWithSizeAndHash) {
  const std::string text = WriteTestFile("text.txt", TinyText(200));
  const std::string eval_text = WriteTestFile("eval.txt", TinyText(60));
  ASSERT_TRUE(RunFolder(TestPath("recorded")).MakeFolders().ok());
  ::hairpin::Run run;
  run.add_data()->set_path("of an attempt before");
  ASSERT_TRUE(Prepare("recorded", {{text}, {eval_text}}, TinySettings(), nullptr, &run).ok());
  ASSERT_EQ(run.data_size(), 2);
  EXPECT_EQ(run.data(0).path(), text);
  EXPECT_EQ(run.data(1).path(), eval_text);
  EXPECT_EQ(run.data(1).bytes(), static_cast<int64_t>(TinyText(60).size()));
  EXPECT_EQ(run.data(1).sha256(), HashFile(eval_text)->sha256);
  // The folder from which a run is resumed may be another.
  const std::string relative = std::filesystem::relative(text).string();
  ASSERT_NE(relative[0], '/');
  ASSERT_TRUE(Prepare("recorded", {{relative}, {eval_text}}, TinySettings(), nullptr, &run).ok());
  EXPECT_EQ(run.data(0).path()[0], '/');
  EXPECT_TRUE(std::filesystem::equivalent(run.data(0).path(), text));
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

TEST(PrepareMlmData, IdsOfAnotherTextAreAnError) {
  const MlmText text = {{WriteTestFile("text.txt", TinyText(200))}, {}};
  TinyRun run("other", TinySettings(), text);
  const std::string before = *ReadFile(run.folder.tokens("train"));
  const MlmText other = {{WriteTestFile("other.txt", TinyText(201))}, {}};
  EXPECT_THAT(Message(Prepare("other", other, run.settings)),
              StartsWith("--data: " + run.folder.tokens("train") + ": found bytes of text "));
  TrainMlmSettings line = run.settings;
  line.set_packing("line");
  EXPECT_EQ(Message(Prepare("other", text, line)),
            "--data: " + run.folder.tokens("train") + ": found packing stream, expected line");
  EXPECT_EQ(*ReadFile(run.folder.tokens("train")), before);
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
