#include "tools/training/masked_score.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

std::string Text(void (*format)(const MaskedScore&, char*, int), const MaskedScore& score) {
  char text[kScoreText];
  format(score, text, sizeof(text));
  return text;
}

TEST(MaskedScore, IsMeansOverMaskedTokens) {
  const MaskedScore score = {.loss_sum = 12.5, .correct = 1, .masked = 5};
  EXPECT_EQ(score.loss(), 2.5);
  EXPECT_EQ(score.accuracy(), 0.2);
  EXPECT_EQ(Text(FormatLoss, score), "loss 2.5000");
  EXPECT_EQ(Text(FormatScore, score), "loss 2.5000  accuracy 0.200");
}

TEST(MaskedScore, OfNothingHasNoMeans) {
  EXPECT_TRUE(std::isnan(MaskedScore().loss()));
  EXPECT_TRUE(std::isnan(MaskedScore().accuracy()));
  EXPECT_EQ(Text(FormatLoss, {}), "nothing masked");
  EXPECT_EQ(Text(FormatScore, {}), "nothing masked");
}

TEST(MaskedScore, LargestNumbersFit) {
  EXPECT_EQ(Text(FormatScore, {.loss_sum = 1e30, .correct = 1, .masked = 1}),
            "loss 1000000000000000019884624838656.0000  accuracy 1.000");
}

}  // namespace
}  // namespace hairpin
