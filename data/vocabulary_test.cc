#include "data/vocabulary.h"

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

constexpr char kSpecial[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

std::string LoadError(std::string_view contents) {
  return Message(Vocabulary::Load(WriteTestFile("vocab", contents)).status());
}

TEST(VocabularyTest, FindsEveryTokenAndSavesTheSameFile) {
  std::string text = kSpecial;
  for (int i = 0; i < 5000; ++i) text += (i % 2 ? "##" : "") + std::to_string(i * 7919) + "\n";
  const auto v = Vocabulary::Load(WriteTestFile("many", text));
  ASSERT_TRUE(v.ok()) << v.status();
  ASSERT_EQ(v->size(), 5005);
  for (int32_t id = 0; id < v->size(); ++id) ASSERT_EQ(v->Find(v->Token(id)), id);
  EXPECT_EQ(v->Find("none"), -1);
  EXPECT_EQ(v->Find("[PAD"), -1);
  EXPECT_TRUE(v->RequireTrainable().ok());
  EXPECT_EQ(v->mask_id(), kMaskId);
  EXPECT_TRUE(v->IsSpecial(3));
  EXPECT_FALSE(v->IsSpecial(5));
  ASSERT_TRUE(v->Save(TestPath("saved")).ok());
  EXPECT_EQ(*ReadFile(TestPath("saved")), text);
  EXPECT_EQ(v->Fingerprint(), HashFile(TestPath("saved"))->sha256);
}

TEST(VocabularyTest, ReadsCrlfAByteOrderMarkAndALastLineWithoutEnd) {
  const auto v = Vocabulary::Load(
      WriteTestFile("crlf", "\xEF\xBB\xBF[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\nb"));
  ASSERT_TRUE(v.ok()) << v.status();
  EXPECT_EQ(v->Token(0), "[PAD]");
  EXPECT_EQ(v->Find("b"), 6);
}

TEST(VocabularyTest, SpecialTokensElsewhereLoadButDoNotTrain) {
  const auto v =
      Vocabulary::Load(WriteTestFile("else", "[PAD]\n[unused0]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"));
  ASSERT_TRUE(v.ok()) << v.status();
  EXPECT_EQ(v->mask_id(), 5);
  EXPECT_THAT(Message(v->RequireTrainable()),
              HasSubstr("else:2: found \"[unused0]\", expected [UNK]"));
  EXPECT_THAT(Message(TestVocabulary({}).RequireTrainable()),
              HasSubstr("no token but the five special ones"));
}

TEST(VocabularyTest, ErrorsNameFileLineFoundAndExpected) {
  const std::string special = kSpecial;
  EXPECT_THAT(LoadError(special + "a\nb\na\n"),
              HasSubstr("vocab:8: found \"a\" a second time (first in line 6), expected each"));
  EXPECT_THAT(LoadError(special + "a\n\nb\n"),
              HasSubstr("vocab:7: found an empty line, expected a token"));
  EXPECT_THAT(LoadError("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n"),
              HasSubstr("vocab: found 5 tokens without [MASK], expected a line \"[MASK]\""));
  EXPECT_THAT(LoadError(special + "a\n\xFF\xFE\n"), HasSubstr("vocab:7: found bytes that are not"));
  EXPECT_THAT(LoadError(""), HasSubstr("vocab: found an empty file, expected one token a line"));
  EXPECT_THAT(LoadError(std::string(17 << 20, 'x')), HasSubstr("expected at most 16777216"));
  EXPECT_TRUE(absl::IsNotFound(Vocabulary::Load(TestPath("none")).status()));
  EXPECT_THAT(Message(Vocabulary::Load(::testing::TempDir()).status()), HasSubstr("a directory"));
  EXPECT_THAT(Message(Vocabulary::FromTokens({"a\nb"}, "list").status()), HasSubstr("list:1"));
}

}  // namespace
}  // namespace hairpin
