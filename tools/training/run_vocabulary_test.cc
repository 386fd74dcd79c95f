#include "tools/training/run_vocabulary.h"

#include <string>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

constexpr char kTokens[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nold\nman\n";
constexpr char kOthers[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nman\nold\n";

TEST(RunVocabulary, IsKnownByTheRunsRecord) {
  const RunFolder folder(TestPath("run"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  WriteTestFile("run/vocab.txt", kTokens);
  ::hairpin::Run run;
  EXPECT_TRUE(LoadRunVocabulary(folder, run).ok());  // of a record without a hash
  const absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(folder.vocabulary());
  ASSERT_TRUE(vocabulary.ok());
  ASSERT_TRUE(CheckVocabulary(vocabulary->Fingerprint(), folder.vocabulary(), &run).ok());
  EXPECT_EQ(run.vocabulary_sha256(), vocabulary->Fingerprint());
  EXPECT_TRUE(LoadRunVocabulary(folder, run).ok());
  WriteTestFile("run/vocab.txt", kOthers);
  EXPECT_THAT(Message(LoadRunVocabulary(folder, run).status()),
              HasSubstr("run/vocab.txt: found tokens with SHA-256 "));
  EXPECT_EQ(run.vocabulary_sha256(), vocabulary->Fingerprint());
}

}  // namespace
}  // namespace hairpin
