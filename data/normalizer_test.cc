#include "data/normalizer.h"

#include <string>
#include <vector>

#include "data/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Words(std::string_view text, bool lowercase = true) {
  Normalizer normalizer(lowercase);
  std::vector<std::string> words;
  normalizer.ForEachWord(text, [&](std::string_view word, int) { words.emplace_back(word); });
  return words;
}

TEST(NormalizerTest, CaseAccentsPunctuation) {
  EXPECT_THAT(Words("Crème brûlée, s'il VOUS plaît!"),
              ElementsAre("creme", "brulee", ",", "s", "'", "il", "vous", "plait", "!"));
  EXPECT_THAT(Words("Crème ÉTÉ", false), ElementsAre("Crème", "ÉTÉ"));
  EXPECT_THAT(Words("\xE2\x80\x9CQuoted\xE2\x80\x9D $5+x^2"),
              ElementsAre("\xE2\x80\x9C", "quoted", "\xE2\x80\x9D", "$", "5", "+", "x", "^", "2"));
  EXPECT_THAT(Words(""), IsEmpty());
  EXPECT_THAT(Words(" \t\r\n"), IsEmpty());
}

TEST(NormalizerTest, ControlsVanishAndSpacesOfAnyKindDivide) {
  EXPECT_THAT(Words(std::string_view("a\0b\x7F" "c\xC2\xAD" "d\xE2\x80\x8B" "e", 12)),
              ElementsAre("abcde"));
  EXPECT_THAT(Words("a\xC2\xA0" "b\xE3\x80\x80" "c\xE2\x80\xA8" "d"),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Words("a\xEF\xBF\xBD" "b \xFF\xC3"), ElementsAre("ab"));
}

TEST(NormalizerTest, IdeographsStandAlone) {
  EXPECT_THAT(Words("ab\xE4\xB8\xAD\xE5\x9B\xBD" "cd"),
              ElementsAre("ab", "\xE4\xB8\xAD", "\xE5\x9B\xBD", "cd"));
}

TEST(NormalizerTest, LowerCaseIsOneCodePointAtATime) {
  // Capital sigma never becomes final sigma; I with a dot loses the dot; Hangul falls into jamo.
  EXPECT_THAT(Words("\xCE\xA3\xCE\x9F\xCE\xA3"), ElementsAre("\xCF\x83\xCE\xBF\xCF\x83"));
  EXPECT_THAT(Words("\xC4\xB0"), ElementsAre("i"));
  EXPECT_THAT(Words("\xEA\xB0\x80"), ElementsAre("\xE1\x84\x80\xE1\x85\xA1"));
}

TEST(NormalizerTest, MarksThatStayAreSortedByCombiningClass) {
  // U+1D16D (class 226) and U+302E (class 224) are spacing marks, so not stripped.
  std::string given = "a", sorted = "a";
  AppendUtf8(0x1D16D, &given);
  AppendUtf8(0x302E, &given);
  AppendUtf8(0x302E, &sorted);
  AppendUtf8(0x1D16D, &sorted);
  EXPECT_THAT(Words(given + "b"), ElementsAre(sorted + "b"));
  EXPECT_THAT(Words(given, false), ElementsAre(given));
}

TEST(NormalizerTest, LongWordsAreCountedToTheirEnd) {
  Normalizer normalizer(true);
  const std::string text = std::string(100, 'x') + " " + std::string(100000, 'Y');
  std::vector<int> counts;
  normalizer.ForEachWord(text, [&](std::string_view, int count) { counts.push_back(count); });
  EXPECT_THAT(counts, ElementsAre(100, 100000));
}

}  // namespace
}  // namespace hairpin
