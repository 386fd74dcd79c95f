#include "data/text/paragraph_pairs.h"

#include "data/permutation.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"

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
  PairBatch batch = {PaddedBatch(3, 8), PaddedBatch(3, 8)};
  pairs->Load(/*seed=*/5, /*first_sample=*/2, &batch);
  for (int b = 0; b < 3; ++b) {
    const auto [first, second] = lengths[Permutation(5, (2 + b) / 4, 4)((2 + b) % 4)];
    int sums[2] = {};
    for (int t = 0; t < 8; ++t) {
      sums[0] += batch.first.attention_mask()[b * 8 + t];
      sums[1] += batch.second.attention_mask()[b * 8 + t];
    }
    EXPECT_EQ(sums[0], first + 2);
    EXPECT_EQ(sums[1], second + 2);
  }
  pairs->LoadInOrder(3, &batch);
  EXPECT_EQ(batch.first.sequences(), 1);
  EXPECT_THAT(batch.second.ids(), ElementsAre(kClsId, 5, 5, 5, 5, kSepId, kPadId, kPadId));
  EXPECT_DEATH(pairs->LoadInOrder(4, &batch), "pair 4 of 4");
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
