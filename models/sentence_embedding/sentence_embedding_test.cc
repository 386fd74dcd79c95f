#include "models/sentence_embedding/sentence_embedding.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

SentenceEmbeddingConfig Tiny() {
  SentenceEmbeddingConfig config;
  MiniBertConfig& encoder = *config.mutable_encoder();
  encoder.set_layers(2);
  encoder.set_hidden(8);
  encoder.set_heads(2);
  encoder.set_intermediate(12);
  encoder.set_seq_len(6);
  encoder.set_vocab_size(11);
  config.set_temperature(0.5);
  return config;
}

const std::vector<int32_t> kIds = {2, 7, 5, 9, 3, 2, 6, 3, 0, 0, 2, 10, 10, 3, 0, 2, 5, 6, 3, 0};
const std::vector<int32_t> kVisible = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0};

TEST(SentenceEmbeddingTest, VectorsHaveLengthOneAndDoNotDependOnPadding) {
  SentenceEmbedding model({.seed = 1}, Tiny());
  Recording recording({.train = false, .gradients = false});
  const auto vectors = [&](const Shape& shape, const std::vector<int32_t>& ids,
                           const std::vector<int32_t>& visible) {
    return model
        .Forward(recording.Constant(Tensor::FromValues<int32_t>(shape, ids)),
                 recording.Constant(Tensor::FromValues<int32_t>(shape, visible)))
        .value()
        .ToDoubles();
  };
  const std::vector<double> all = vectors({4, 5}, kIds, kVisible);
  for (int row = 0; row < 4; ++row) {
    double squares = 0;
    for (int c = 0; c < 8; ++c) squares += all[8 * row + c] * all[8 * row + c];
    EXPECT_NEAR(squares, 1, 1e-6);
  }
  EXPECT_EQ(vectors({1, 3}, {2, 6, 3}, {1, 1, 1}),
            std::vector<double>(all.begin() + 8, all.begin() + 16));
}

// By hand: cosines 1, 0.8 / 0, 0.6 of two pairs.
TEST(SentenceEmbeddingTest, LossOfTwoPairs) {
  Recording recording({.train = false});
  const CrossEntropyResult result = ContrastiveLoss(
      recording.Constant(Tensor::FromValues<double>({4, 2}, {1, 0, 0, 1, 1, 0, 0.8, 0.6})), 0.5);
  const auto log_sum = [](double a, double b) { return std::log(std::exp(a) + std::exp(b)); };
  const double there = log_sum(2, 1.6) - 2 + log_sum(0, 1.2) - 1.2;
  const double back = log_sum(2, 0) - 2 + log_sum(1.6, 1.2) - 1.2;
  EXPECT_NEAR(result.loss.value().item(), (there + back) / 2, 1e-12);
  EXPECT_EQ(result.correct.value().item(), 2);
}

TEST(SentenceEmbeddingTest, Gradients) {
  SentenceEmbeddingConfig config = Tiny();
  config.mutable_encoder()->set_dropout(0.125);
  SentenceEmbedding model({.dtype = DType::kFloat64, .seed = 3}, config);
  const GradcheckResult result = nn::GradcheckModule(
      model,
      [&](Recording& recording) {
        return ContrastiveLoss(
                   model.Forward(
                       recording.Constant(Tensor::FromValues<int32_t>({4, 5}, kIds)),
                       recording.Constant(Tensor::FromValues<int32_t>({4, 5}, kVisible))),
                   0.5)
            .loss;
      },
      {.step = 1e-4, .recording = {}});
  EXPECT_TRUE(result.ok) << result.message;
}

TEST(SentenceEmbeddingTest, WhatIsWrongIsNamed) {
  using ::testing::HasSubstr;
  SentenceEmbeddingConfig config = Tiny();
  EXPECT_EQ(ValidateConfig(config), absl::OkStatus());
  config.set_temperature(0);
  EXPECT_THAT(ValidateConfig(config).ToString(), HasSubstr("temperature: found 0, expected"));
  config.mutable_encoder()->set_heads(3);
  EXPECT_THAT(ValidateConfig(config).ToString(), HasSubstr("hidden: found 8"));
  Recording recording({.train = false});
  EXPECT_DEATH(
      ContrastiveLoss(recording.Constant(Tensor::FromValues<float>({3, 1}, {1, 1, 1})), 1),
      "vectors \\[3, 1\\], expected");
}

}  // namespace
}  // namespace hairpin
