#include "tools/training/mask_filler.h"

#include <cmath>
#include <string>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Tokens(const std::vector<Guess>& guesses) {
  std::vector<std::string> tokens;
  for (const Guess& guess : guesses) tokens.push_back(guess.token);
  return tokens;
}

class MaskFillerTest : public ::testing::Test {
 protected:
  // The model says the same everywhere: logits are the decoder's biases.
  void SayEverywhere(const std::vector<float>& ordinary) {
    for (float& weight : ParameterNumbers(model_, "decoder.weight")) weight = 0;
    const absl::Span<float> bias = ParameterNumbers(model_, "decoder.bias");
    for (float& special : bias.first(kFirstOrdinaryId)) special = 9;  // never shown
    for (size_t i = 0; i < ordinary.size(); ++i) bias[kFirstOrdinaryId + i] = ordinary[i];
  }
  std::string Error(const std::string& sentence) {
    const auto masks = filler_.Fill(sentence, 1);
    return masks.ok() ? "" : Message(masks.status());
  }

  Vocabulary vocabulary_ = TestVocabulary({"the", "man", "sat", "by"});
  MiniBert model_{{.seed = 1}, ConfigOf(TinySettings(), 9)};
  MaskFiller filler_{model_, vocabulary_, /*lowercase=*/true};
};

TEST_F(MaskFillerTest, GivesTheLikeliestFirstWithTheirProbabilities) {
  SayEverywhere({0, 2, 1, 2});
  const auto masks = filler_.Fill("The [MASK] sat", 9);
  ASSERT_TRUE(masks.ok()) << masks.status().ToString();
  ASSERT_EQ(masks->size(), 1u);
  const std::vector<Guess>& guesses = masks->front();
  EXPECT_THAT(Tokens(guesses), ElementsAre("man", "by", "sat", "the"));
  const double sum = std::exp(0) + std::exp(1) + 2 * std::exp(2);
  const double logits[] = {2, 2, 1, 0};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(guesses[i].probability, std::exp(logits[i]) / sum, 1e-6);
  EXPECT_THAT(Tokens(filler_.Fill("The [MASK] sat", 2)->front()), ElementsAre("man", "by"));
}

// Rows that the model is asked for are those of the masks.
TEST_F(MaskFillerTest, FillsEachMaskForItself) {
  // The norm's output is the same for all rows, but for what stands there.
  for (float& weight : ParameterNumbers(model_, "decoder.weight")) weight *= 50;
  const auto masks = filler_.Fill("[MASK] man sat [MASK]", 4);
  ASSERT_TRUE(masks.ok());
  ASSERT_EQ(masks->size(), 2u);
  Recording recording({.train = false, .gradients = false});
  const std::vector<double> logits =
      model_
          .Forward({.ids = recording.Constant(Tensor::FromValues<int32_t>(
                        {1, 6}, {kClsId, kMaskId, 6, 7, kMaskId, kSepId})),
                    .masked_rows = recording.Constant(Tensor::FromValues<int32_t>({2}, {1, 4}))})
          .value()
          .ToDoubles();
  for (int m = 0; m < 2; ++m) {
    for (const Guess& a : (*masks)[m]) {
      for (const Guess& b : (*masks)[m]) {
        const double* row = logits.data() + 9 * m;
        EXPECT_NEAR(std::log(a.probability / b.probability),
                    row[vocabulary_.Find(a.token)] - row[vocabulary_.Find(b.token)], 1e-9);
      }
    }
  }
  EXPECT_NE((*masks)[0][0].probability, (*masks)[1][0].probability);
}

TEST_F(MaskFillerTest, WhatCanNotBeFilledIsAnError) {
  EXPECT_EQ(Error("the man [MASK]"), "");
  EXPECT_EQ(Error("the man"),
            "sentence: found no [MASK], expected at least one: \"the man\"");
  EXPECT_EQ(Error("the man sat by the [MASK]"), "");  // 6 tokens, [CLS] and [SEP]
  EXPECT_EQ(Error("the man sat by the man [MASK]"),
            "sentence: found 7 tokens, expected at most 6: \"the man sat by the man [MASK]\"");
}

TEST(FormatGuesses, IsALineForEachMask) {
  EXPECT_EQ(FormatGuesses("a [MASK] [MASK]", {{{"b", 0.75}, {"c", 0.0625}}, {{"d", 1}}}),
            "a [MASK] [MASK]\n    b 0.750  c 0.062 \n    d 1.000 \n");
}

}  // namespace
}  // namespace hairpin
