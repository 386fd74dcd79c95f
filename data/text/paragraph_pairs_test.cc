#include "data/text/paragraph_pairs.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "data/permutation.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Paragraph i is the word "a", i + 2 of them.
TEST(ParagraphPairsTest, NeighboursOfOneFileThatAreLongEnough) {
  const Vocabulary vocabulary = TestVocabulary({"a"});
  const std::string one = WriteTestFile("one", "a a\n\na a a\r\na\na a a a\na a a a a\n a a a\n");
  const std::string two = WriteTestFile("two", "a a\na a a a\n");
  const auto pairs =
      ReadParagraphPairs({one, two}, vocabulary, {.tokens = 8, .min_words = 2});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  const auto words = [&](int64_t row) {
    return static_cast<int>(pairs->paragraphs().Row(row).size()) - 2;
  };
  std::vector<std::pair<int, int>> lengths;
  for (int64_t i = 0; i < pairs->size(); ++i) {
    lengths.emplace_back(words(pairs->Pair(i).first), words(pairs->Pair(i).second));
  }
  EXPECT_THAT(lengths, ElementsAre(std::pair(2, 3), std::pair(4, 5), std::pair(5, 3),
                                   std::pair(2, 4)));
  const PairLoader loader(*pairs, {0, 2, 3}, /*seed=*/5);
  const int64_t records[] = {0, 2, 3};
  PaddedBatch batch(6, 8);
  loader.Load(/*first_sample=*/2, &batch);
  const auto length = [&](int row) {
    const auto mask = batch.attention_mask().subspan(row * 8, 8);
    return static_cast<int>(std::count(mask.begin(), mask.end(), 1)) - 2;
  };
  for (int b = 0; b < 3; ++b) {
    EXPECT_EQ(std::pair(length(b), length(3 + b)),
              lengths[records[Permutation(5, (2 + b) / 3, 3)((2 + b) % 3)]]);
  }
  loader.LoadInOrder(1, &batch);
  EXPECT_EQ(batch.sequences(), 4);
  EXPECT_EQ(std::pair(length(1), length(3)), lengths[3]);
  EXPECT_THAT(batch.ids().subspan(24),
              ElementsAre(kClsId, 5, 5, 5, 5, kSepId, kPadId, kPadId));
  EXPECT_DEATH(loader.LoadInOrder(3, &batch), "pair 3 of 3");
  EXPECT_DEATH(PairLoader(*pairs, {}), "no pairs");
}

TEST(ParagraphPairsTest, AsksAtEachReadWhetherToStop) {
  const Vocabulary vocabulary = TestVocabulary({"a"});
  const std::string one = WriteTestFile("one", "a a\na a\n"), two = WriteTestFile("two", "a a\n");
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return ReadParagraphPairs({one, two}, vocabulary,
                                        {.tokens = 8, .min_words = 2, .stop = std::move(stop)})
                  .status();
            }),
            2);
}

// Ten paragraphs in a row: pair i is paragraphs i and i + 1.
TEST(ParagraphPairsTest, NoParagraphIsOnBothSidesOfASplit) {
  const Vocabulary vocabulary = TestVocabulary({"a"});
  std::string text;
  for (int i = 0; i < 10; ++i) text += "a a\n";
  const auto pairs = ReadParagraphPairs({WriteTestFile("ten", text)}, vocabulary,
                                        {.tokens = 8, .min_words = 2});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  const PairSplit split = SplitPairs(*pairs, 4);
  EXPECT_THAT(split.evaluation, ElementsAre(3, 7));
  EXPECT_THAT(split.train, ElementsAre(0, 1, 5));
  const PairSplit all = SplitPairs(*pairs, 1);
  EXPECT_THAT(all.evaluation, ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(all.train, ElementsAre());
}

TEST(ParagraphPairsTest, AVeryLongLineIsOneParagraph) {
  const Vocabulary vocabulary = TestVocabulary({"a"});
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "a ";
  const auto pairs = ReadParagraphPairs({WriteTestFile("long", "a a\n" + text + "\na a\n")},
                                        vocabulary, {.tokens = 8, .min_words = 2});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(pairs->size(), 2);
  EXPECT_EQ(pairs->paragraphs().size(), 3);
}

TEST(ParagraphPairsTest, SaysWhatIsWrong) {
  const Vocabulary vocabulary = TestVocabulary({"a"});
  const auto none =
      ReadParagraphPairs({WriteTestFile("one", "a a\na\na a\n")}, vocabulary, {.min_words = 2});
  EXPECT_EQ(none.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(none.status()),
              HasSubstr("one: found no two neighbouring paragraphs of 2 words"));
  EXPECT_EQ(ReadParagraphPairs({TestPath("missing")}, vocabulary, {}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(ReadParagraphPairs({WriteTestFile("e", "")}, vocabulary, {}).status()),
              HasSubstr("found an empty file"));
  EXPECT_DEATH(ReadParagraphPairs({}, vocabulary, {.tokens = 8}).status().IgnoreError(),
               "8 words in 8 ids");
}

}  // namespace
}  // namespace hairpin
