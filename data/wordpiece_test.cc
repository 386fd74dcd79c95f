#include "data/wordpiece.h"

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Tokens(const Vocabulary& v, std::string_view text,
                                WordPieceOptions options = {}) {
  WordPieceEncoder encoder(v, options);
  std::vector<int32_t> ids;
  encoder.Encode(text, &ids);
  std::vector<std::string> tokens;
  for (const int32_t id : ids) tokens.emplace_back(v.Token(id));
  return tokens;
}

TEST(WordPieceTest, GreedyLongestMatchOrUnknown) {
  const Vocabulary v = TestVocabulary({"un", "u", "una", "##ffa", "##ble", "##b", "##f", "want",
                                       "##ed", "runn", "##ing", ","});
  EXPECT_THAT(Tokens(v, "UNAFFABLE, wanted running"),
              ElementsAre("una", "##ffa", "##ble", ",", "want", "##ed", "runn", "##ing"));
  EXPECT_THAT(Tokens(v, "unwant xun un"), ElementsAre("[UNK]", "[UNK]", "un"));
  // "unab" is una + ##b; "unfa" dies after un + ##f, and greedy does not go back.
  EXPECT_THAT(Tokens(v, "unab unfa"), ElementsAre("una", "##b", "[UNK]"));
}

TEST(WordPieceTest, WordsOfMoreThan100CodePointsAreUnknown) {
  const Vocabulary v = TestVocabulary({"a", "##a"});
  EXPECT_EQ(Tokens(v, std::string(100, 'a')).size(), 100u);
  EXPECT_THAT(Tokens(v, std::string(101, 'a')), ElementsAre("[UNK]"));
}

TEST(WordPieceTest, SpecialTokensInTextInBothModes) {
  const Vocabulary v = TestVocabulary({"a", "b", "[", "]", "mask", "##b", "##]"});
  EXPECT_THAT(Tokens(v, "a[MASK]b"), ElementsAre("a", "[", "mask", "]", "b"));
  const WordPieceOptions recognised{.special_tokens = SpecialTokens::kRecognised};
  EXPECT_THAT(Tokens(v, "a[MASK]b [SEP][[PAD]", recognised),
              ElementsAre("a", "[MASK]", "b", "[SEP]", "[", "[PAD]"));
  EXPECT_THAT(Tokens(v, "[mask] [MASK", recognised), ElementsAre("[", "mask", "]", "[", "mask"));
}

TEST(WordPieceTest, TheCacheChangesNothing) {
  std::vector<std::string> pieces;
  for (char c = 'a'; c <= 'z'; ++c) {
    pieces.push_back(std::string(1, c));
    if (c < 'x') pieces.push_back(std::string("##") + c);
  }
  pieces.insert(pieces.end(), {"ab", "##cd", "##ef"});
  const Vocabulary v = TestVocabulary(pieces);
  std::string text;
  uint32_t x = 1;
  for (int i = 0; i < 20000; ++i) {
    x = x * 1664525 + 1013904223;
    text += static_cast<char>('a' + (x >> 24) % 26);
    if ((x >> 20) % 5 == 0) text += ' ';
  }
  // Twice, so that words are met again; a cache of two words against a large one.
  text += " " + text;
  EXPECT_EQ(Tokens(v, text, {.cached_words = 2}), Tokens(v, text, {.cached_words = 1 << 14}));
}

TEST(DecodeTest, JoinsPieces) {
  const Vocabulary v = TestVocabulary({"una", "##ffa", "##ble", ",", "##"});
  const std::vector<int32_t> ids = {2, 5, 6, 7, 8, 4, 3, 0};
  EXPECT_EQ(Decode(v, ids), "[CLS] unaffable , [MASK] [SEP] [PAD]");
  EXPECT_EQ(Decode(v, ids, false), "unaffable ,");
  EXPECT_EQ(Decode(v, std::vector<int32_t>{6, 9}), "##ffa ##");
  EXPECT_EQ(Decode(v, {}), "");
}

}  // namespace
}  // namespace hairpin
