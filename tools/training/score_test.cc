#include "tools/training/score.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

constexpr TaskWords kWords = {.nothing = "nothing masked"};

std::string Text(void (*format)(const Score&, const TaskWords&, char*, int), const Score& score,
                 const TaskWords& words = kWords) {
  char text[kScoreText];
  format(score, words, text, sizeof(text));
  return text;
}

TEST(Score, IsMeansOverWhatCounts) {
  const Score score = {.loss_sum = 12.5, .correct = 1, .count = 5};
  EXPECT_EQ(score.loss(), 2.5);
  EXPECT_EQ(score.accuracy(), 0.2);
  EXPECT_EQ(Text(FormatLoss, score), "loss 2.5000");
  EXPECT_EQ(Text(FormatScore, score), "loss 2.5000  accuracy 0.200");
}

TEST(Score, OfNothingHasNoMeans) {
  EXPECT_TRUE(std::isnan(Score().loss()));
  EXPECT_TRUE(std::isnan(Score().accuracy()));
  EXPECT_EQ(Text(FormatLoss, {}), "nothing masked");
  EXPECT_EQ(Text(FormatScore, {}), "nothing masked");
}

TEST(Score, TermsAreMeansUnderTheirNames) {
  TaskWords words = {.accuracy = nullptr, .terms = {"reconstruction", "kl"}};
  Score score = {.loss_sum = 6, .terms = {5, 1}, .count = 2};
  EXPECT_EQ(score.term(0), 2.5);
  EXPECT_EQ(Text(FormatScore, score, words), "loss 3.0000  reconstruction 2.5000  kl 0.5000");
  words.accuracy = "accuracy";
  score.Add({.loss_sum = 1, .correct = 3, .terms = {0, 3}, .count = 2});
  EXPECT_EQ(Text(FormatScore, score, words),
            "loss 1.7500  accuracy 0.750  reconstruction 1.2500  kl 1.0000");
}

TEST(Score, WhatDoesNotFitIsCut) {
  char text[16];
  FormatScore({.loss_sum = 1, .correct = 1, .count = 1}, kWords, text, sizeof(text));
  EXPECT_STREQ(text, "loss 1.0000  ac");
}

TEST(Score, LargestNumbersFit) {
  EXPECT_EQ(Text(FormatScore, {.loss_sum = 1e30, .correct = 1, .count = 1}),
            "loss 1000000000000000019884624838656.0000  accuracy 1.000");
}

}  // namespace
}  // namespace hairpin
