#include "models/lstm_lm/lstm_lm.h"

#include <cmath>
#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

LstmLmConfig Tiny(bool gru) {
  LstmLmConfig config;
  config.set_layers(2);
  config.set_hidden(5);
  config.set_embedding(4);
  config.set_vocab_size(7);
  config.set_gru(gru);
  return config;
}

Tensor Ids(int64_t T, int32_t step) {
  Tensor ids = Tensor::Empty({DType::kInt32, Shape({2, T})});
  for (int32_t i = 0; i < 2 * T; ++i) ids.raw<int32_t>()[i] = (i * step + i * i) % 7;
  return ids;
}

TEST(LstmLmTest, PresetHasItsParameters) {
  LstmLmConfig config = LstmLmPreset();
  config.set_vocab_size(66);
  Allocator dry(Allocator::Kind::kDry);
  LstmLm model({.allocator = &dry}, config);
  EXPECT_EQ(model.CountParameters(), 66 * 64 + 1024 * (64 + 256 + 2) + 66 * 257);
}

TEST(LstmLmTest, BadConfigsAreNamed) {
  LstmLmConfig config = Tiny(false);
  EXPECT_EQ(ValidateConfig(config), absl::OkStatus());
  config.set_embedding(0);
  EXPECT_THAT(ValidateConfig(config).ToString(),
              ::testing::HasSubstr("embedding: found 0, expected 1 to 1048576"));
  config = Tiny(false);
  config.set_dropout(-1);
  EXPECT_THAT(ValidateConfig(config).ToString(), ::testing::HasSubstr("dropout: found -1"));
}

TEST(LstmLmTest, InitialLossIsThatOfGuessing) {
  LstmLmConfig config = LstmLmPreset();
  config.set_vocab_size(7);
  LstmLm model({.seed = 1}, config);
  Recording recording({.train = false});
  const CrossEntropyResult result =
      NextTokenLoss(model.Forward(recording.Constant(Ids(9, 3))), recording.Constant(Ids(9, 5)));
  EXPECT_NEAR(result.loss.value().item(), std::log(7.0), 0.02);
}

TEST(LstmLmTest, Gradients) {
  for (const bool gru : {false, true}) {
    LstmLmConfig config = Tiny(gru);
    config.set_dropout(0.2);
    LstmLm model({.dtype = DType::kFloat64, .seed = 1}, config);
    const GradcheckResult result = nn::GradcheckModule(model, [&](Recording& recording) {
      return NextTokenLoss(model.Forward(recording.Constant(Ids(4, 3))),
                           recording.Constant(Ids(4, 5)))
          .loss;
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

// One id at a time, with the states of those before, gives the logits of the whole.
TEST(LstmLmTest, StatesGiveTheLogitsOfTheWhole) {
  for (const bool gru : {false, true}) {
    LstmLm model({.seed = 1}, Tiny(gru));
    const Tensor ids = Ids(6, 3);
    Recording recording({.train = false, .gradients = false});
    const Tensor whole = model.Forward(recording.Constant(ids)).value();
    std::vector<nn::RecurrentState> states;
    for (int64_t t = 0; t < 6; ++t) {
      const Tensor next = Tensor::FromValues<int32_t>(
          {2, 1}, {ids.data<int32_t>()[t], ids.data<int32_t>()[6 + t]});
      const Tensor logits = model.Forward(recording.Constant(next), &states).value();
      for (int64_t b = 0; b < 2; ++b) {
        EXPECT_EQ(std::memcmp(whole.data<float>() + (b * 6 + t) * 7,
                              logits.data<float>() + b * 7, 7 * sizeof(float)),
                  0)
            << gru << " " << t << " " << b;
      }
    }
  }
}

}  // namespace
}  // namespace hairpin
