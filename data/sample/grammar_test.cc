#include "data/sample/grammar.h"

#include <vector>

#include "data/sample/dice.h"
#include "gtest/gtest.h"

namespace hairpin::sample {
namespace {

constexpr Number kOne = Number::kSingular, kMany = Number::kPlural;

TEST(GrammarTest, VerbsAgreeInThePresentOnly) {
  const Verb wash = {"wash", "washes", "washed"};
  EXPECT_EQ(Form(wash, kOne, Tense::kPresent), "washes");
  EXPECT_EQ(Form(wash, kMany, Tense::kPresent), "wash");
  EXPECT_EQ(Form(wash, kOne, Tense::kPast), "washed");
  EXPECT_EQ(Form(wash, kMany, Tense::kPast), "washed");
  EXPECT_EQ(ToBe(kOne, Tense::kPresent), "is");
  EXPECT_EQ(ToBe(kMany, Tense::kPresent), "are");
  EXPECT_EQ(ToBe(kOne, Tense::kPast), "was");
  EXPECT_EQ(ToBe(kMany, Tense::kPast), "were");
}

TEST(GrammarTest, NounsHaveTwoForms) {
  const Noun wolf = {"wolf", "wolves"};
  EXPECT_EQ(Form(wolf, kOne), "wolf");
  EXPECT_EQ(Form(wolf, kMany), "wolves");
}

TEST(GrammarTest, PronounsAgreeInGenderAndNumber) {
  EXPECT_EQ(Subject(Gender::kFemale, kOne), "she");
  EXPECT_EQ(Subject(Gender::kMale, kOne), "he");
  EXPECT_EQ(Subject(Gender::kMale, kMany), "they");
  EXPECT_EQ(Object(Gender::kFemale, kOne), "her");
  EXPECT_EQ(Object(Gender::kMale, kOne), "him");
  EXPECT_EQ(Object(Gender::kFemale, kMany), "them");
  EXPECT_EQ(Possessive(Gender::kFemale, kOne), "her");
  EXPECT_EQ(Possessive(Gender::kMale, kOne), "his");
  EXPECT_EQ(Possessive(Gender::kFemale, kMany), "their");
  EXPECT_EQ(Self(Gender::kFemale, kOne), "herself");
  EXPECT_EQ(Self(Gender::kMale, kOne), "himself");
  EXPECT_EQ(Self(Gender::kMale, kMany), "themselves");
}

TEST(GrammarTest, ArticlesFollowTheSound) {
  EXPECT_EQ(WithArticle("letter"), "a letter");
  EXPECT_EQ(WithArticle("old letter"), "an old letter");
  EXPECT_EQ(WithArticle("empty sack"), "an empty sack");
  EXPECT_EQ(WithArticle("useless net"), "a useless net");
  EXPECT_EQ(WithArticle("ugly hat"), "an ugly hat");
}

TEST(GrammarTest, SentencesBeginLargeAndEndWithAStop) {
  EXPECT_EQ(Sentence("the owl hoots"), "The owl hoots.");
}

TEST(DiceTest, OneLineIsOneSequenceAndLinesDiffer) {
  const auto rolls = [](uint32_t line) {
    Dice dice(line);
    std::vector<int> rolls(20);
    for (int& roll : rolls) roll = dice.Below(1000);
    return rolls;
  };
  EXPECT_EQ(rolls(3), rolls(3));
  EXPECT_NE(rolls(3), rolls(4));
}

TEST(DiceTest, RollsStayBelowAndReachAll) {
  Dice dice(1);
  std::vector<int> seen(6);
  for (int i = 0; i < 600; ++i) ++seen.at(dice.Below(6));
  for (const int count : seen) EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace hairpin::sample
