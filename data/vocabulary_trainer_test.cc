#include "data/vocabulary_trainer.h"

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/thread_pool.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Tokens(const Vocabulary& v) {
  std::vector<std::string> tokens;
  for (int32_t id = 0; id < v.size(); ++id) tokens.emplace_back(v.Token(id));
  return tokens;
}

// Text of made-up words, the same every time.
std::string MadeUpText(int words) {
  std::string text;
  uint32_t x = 3;
  const auto draw = [&](uint32_t n) {
    x = x * 1664525 + 1013904223;
    return (x >> 16) % n;
  };
  for (int i = 0; i < words; ++i) {
    for (uint32_t k = 0; k <= draw(3); ++k) {
      text += "bdfgklmnprst"[draw(12)];
      text += "aeiou"[draw(5)];
    }
    text += i % 11 == 10 ? ".\n" : " ";
  }
  return text;
}

TEST(VocabularyTrainerTest, SpecialTokensAlphabetContinuationsMerges) {
  const std::string path = WriteTestFile("text", "Low low LOWER\nnewer, lower\n");
  const auto trained = TrainVocabulary({{path}}, {.size = 100});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_THAT(Tokens(trained->vocabulary),
              ElementsAre("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", "e", "l", "n", "o",
                          "r", "w", "##e", "##o", "##r", "##w", "lo", "low", "##er", "lower"));
  EXPECT_EQ(trained->lines, 2);
  EXPECT_EQ(trained->words, 6);
  EXPECT_EQ(trained->different_words, 4);
  EXPECT_TRUE(trained->vocabulary.RequireTrainable().ok());
}

TEST(VocabularyTrainerTest, TextsInMemoryGiveWhatAFileOfThemGives) {
  const std::string text = MadeUpText(3000);
  std::vector<std::string_view> lines;
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
    lines.push_back(std::string_view(text).substr(begin, end - begin));
  }
  const std::string path = WriteTestFile("lines", text.substr(0, text.rfind('\n') + 1));
  const auto file = TrainVocabulary({{path}}, {.size = 300});
  const auto memory = TrainVocabulary(lines, "memory", {.size = 300});
  ASSERT_TRUE(file.ok() && memory.ok()) << file.status() << memory.status();
  EXPECT_EQ(Tokens(memory->vocabulary), Tokens(file->vocabulary));
  EXPECT_EQ(memory->words, file->words);
  EXPECT_THAT(TrainVocabulary({" ", ""}, "memory", {}).status().ToString(),
              HasSubstr("memory: found no word"));
}

TEST(VocabularyTrainerTest, AsksAtEachTextAndMergeWhetherToStop) {
  const std::string path = WriteTestFile("asks", "low lower low lower\nlow\n");
  const int of_file = TimesAsked([&](StopQuestion stop) {
    return TrainVocabulary({{path}}, {.size = 100, .stop = std::move(stop)}).status();
  });
  const int of_texts = TimesAsked([&](StopQuestion stop) {
    return TrainVocabulary({"low lower", "low lower", "low"}, "memory",
                           {.size = 100, .stop = std::move(stop)})
        .status();
  });
  EXPECT_GT(of_file, 4);  // a round of blocks, then the merges: lo low er lower
  EXPECT_EQ(of_texts - 3, of_file - 1);
}

TEST(VocabularyTrainerTest, TheSameForAnyNumberOfThreads) {
  const std::string path = WriteTestFile("made_up", MadeUpText(300000));
  std::vector<std::string> tokens[3];
  for (int threads = 1; threads <= 3; ++threads) {
    SetNumThreads(threads);
    // Small limits, so that words are forgotten on the way.
    const auto trained = TrainVocabulary(
        {{path}}, {.size = 700, .limits = {.max_words = 5000, .max_bytes = 1 << 20}});
    ASSERT_TRUE(trained.ok()) << trained.status();
    EXPECT_GT(trained->dropped_words, 0);
    EXPECT_EQ(trained->words, 300000 + 300000 / 11);
    tokens[threads - 1] = Tokens(trained->vocabulary);
    EXPECT_EQ(tokens[threads - 1].size(), 700u);
  }
  SetNumThreads(1);
  EXPECT_EQ(tokens[0], tokens[1]);
  EXPECT_EQ(tokens[0], tokens[2]);
}

TEST(VocabularyTrainerTest, TheAlphabetIsLimitedByNumberAndBySize) {
  const std::string path = WriteTestFile("letters", "aaaa bbb cc d\naaa\n\xC3\xA9\n");
  auto trained = TrainVocabulary({{path}}, {.size = 100, .max_alphabet = 2});
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained->skipped_words, 3);  // cc, d, e
  EXPECT_EQ(trained->vocabulary.Find("c"), -1);
  EXPECT_NE(trained->vocabulary.Find("##b"), -1);
  // Nine tokens hold five special ones and two letters with their continuations.
  trained = TrainVocabulary({{path}}, {.size = 9});
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained->vocabulary.size(), 9);
  EXPECT_NE(trained->vocabulary.Find("##b"), -1);
}

TEST(VocabularyTrainerTest, AWordThatOccursOnceIsCountedOnceInALongText) {
  std::string text = "qz q z\n";
  while (text.size() < size_t{3} << 20) text += "ab ab\n";
  const std::string path = WriteTestFile("once", text);
  const auto trained = TrainVocabulary({{path}}, {.size = 50});
  ASSERT_TRUE(trained.ok());
  EXPECT_NE(trained->vocabulary.Find("ab"), -1);
  EXPECT_EQ(trained->vocabulary.Find("qz"), -1);
}

TEST(VocabularyTrainerTest, EvaluationLinesAreNotSeen) {
  std::string text;
  for (int i = 1; i <= 100; ++i) text += i % 50 == 0 ? "zz\n" : "ab\n";
  const std::string path = WriteTestFile("split", text);
  const auto trained = TrainVocabulary({{path}, TextPart::kTrain}, {.size = 50});
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained->vocabulary.Find("z"), -1);
  EXPECT_EQ(trained->words, 98);
}

TEST(VocabularyTrainerTest, CaseStaysWhereAskedAndProgressEndsAtTheEnd) {
  const std::string path = WriteTestFile("case", "Ab Ab\n");
  int64_t done = -1, total = 0;
  const auto trained = TrainVocabulary(
      {{path}}, {.size = 50, .lowercase = false, .progress = [&](int64_t d, int64_t t) {
                   done = d;
                   total = t;
                 }});
  ASSERT_TRUE(trained.ok());
  EXPECT_NE(trained->vocabulary.Find("Ab"), -1);
  EXPECT_EQ(done, 6);
  EXPECT_EQ(total, 6);
}

TEST(VocabularyTrainerTest, Errors) {
  const std::string blank = WriteTestFile("blank", " \n\n\t\n");
  EXPECT_THAT(Message(TrainVocabulary({{blank}}, {}).status()), HasSubstr("blank: found no word"));
  const std::string text = WriteTestFile("text2", "a b\n");
  EXPECT_THAT(Message(TrainVocabulary({{text}}, {.size = 6}).status()),
              HasSubstr("size of 6, expected at least 7"));
  EXPECT_TRUE(absl::IsNotFound(TrainVocabulary({{TestPath("none")}}, {}).status()));
  EXPECT_FALSE(TrainVocabulary({}, {}).ok());
}

}  // namespace
}  // namespace hairpin
