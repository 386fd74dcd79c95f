#include "models/gpt/gpt.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

GptConfig Tiny() {
  GptConfig config;
  config.set_layers(2);
  config.set_hidden(8);
  config.set_heads(2);
  config.set_intermediate(12);
  config.set_seq_len(6);
  config.set_vocab_size(11);
  return config;
}

Tensor Ids(const Shape& shape, uint64_t step) {
  Tensor ids = Tensor::Empty({DType::kInt32, shape});
  for (int64_t i = 0; i < shape.num_elements(); ++i) {
    ids.raw<int32_t>()[i] = static_cast<int32_t>((i * step + i * i) % 11);
  }
  return ids;
}

void Randomize(nn::Module& module) {
  uint64_t seed = 1;
  module.VisitParameters([&](const nn::ParameterVisit& visit) {
    nn::NormalInitializer(0.3)(seed++, 0, &visit.parameter.value());
  });
}

TEST(GptTest, PresetHasNanoGptsParameters) {
  GptConfig config = GptPreset();
  config.set_vocab_size(65);
  Allocator dry(Allocator::Kind::kDry);
  Gpt model({.allocator = &dry}, config);
  // nanoGPT's count without positions is 0.80 M; its norms have no biases.
  EXPECT_EQ(model.CountParameters(),
            65 * 128 + 64 * 128 + 4 * (12 * 128 * 128 + 4 * 128) + 2 * 128);
}

TEST(GptTest, TheHeadIsTheEmbeddingOnceMore) {
  Gpt model({}, Tiny());
  std::vector<std::string> names, tied;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    names.push_back(visit.name());
    for (const std::string& alias : visit.aliases) tied.push_back(visit.name() + "=" + alias);
  });
  EXPECT_THAT(tied, ::testing::ElementsAre("token.weight=head.weight"));
  EXPECT_EQ(names.front(), "token.weight");
  EXPECT_EQ(names[2], "layer.0.attention_norm.weight");
  EXPECT_EQ(names.back(), "norm.bias");
}

TEST(GptTest, InitialLossIsThatOfGuessing) {
  GptConfig config = GptPreset();
  config.set_vocab_size(11);
  Gpt model({.seed = 1}, config);
  Recording recording({.train = false});
  const CrossEntropyResult result =
      NextTokenLoss(model.Forward(recording.Constant(Ids({4, 64}, 3))),
                    recording.Constant(Ids({4, 64}, 5)));
  EXPECT_NEAR(result.loss.value().item(), std::log(11.0), 0.1);
}

TEST(GptTest, BadConfigsAreNamed) {
  const auto error = [](auto change) {
    GptConfig config = Tiny();
    change(config);
    return ValidateConfig(config).ToString();
  };
  using ::testing::HasSubstr;
  EXPECT_EQ(ValidateConfig(Tiny()), absl::OkStatus());
  EXPECT_THAT(error([](GptConfig& c) { c.set_layers(0); }),
              HasSubstr("layers: found 0, expected 1 to 16384"));
  EXPECT_THAT(error([](GptConfig& c) { c.set_vocab_size(1); }),
              HasSubstr("vocab_size: found 1, expected 2 to 1048576"));
  EXPECT_THAT(error([](GptConfig& c) { c.set_seq_len(2000000); }), HasSubstr("seq_len: found"));
  EXPECT_THAT(error([](GptConfig& c) { c.set_heads(3); }),
              HasSubstr("hidden: found 8, expected a multiple of heads, 3"));
  EXPECT_THAT(error([](GptConfig& c) { c.set_dropout(1); }),
              HasSubstr("dropout: found 1, expected 0 or more and below 1"));
}

TEST(GptTest, Gradients) {
  for (const bool bias : {false, true}) {
    GptConfig config = Tiny();
    config.set_bias(bias);
    config.set_dropout(0.2);
    Gpt model({.dtype = DType::kFloat64}, config);
    Randomize(model);
    Tensor labels = Ids({2, 5}, 5);
    labels.raw<int32_t>()[3] = -100;
    const GradcheckResult result = nn::GradcheckModule(model, [&](Recording& recording) {
      return NextTokenLoss(model.Forward(recording.Constant(Ids({2, 5}, 3)),
                                         recording.Constant(Tensor::FromValues<int32_t>(
                                             {2, 5}, {1, 1, 1, 1, 1, 1, 1, 0, 1, 1}))),
                           recording.Constant(labels))
          .loss;
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

// Generation by one id at a time, after a prompt of three, gives the logits of the whole.
TEST(GptTest, CachedLogitsAreThoseOfTheWhole) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    const nn::ModuleContext context = {.dtype = dtype};
    Gpt model({.dtype = dtype}, Tiny());
    Randomize(model);
    const Tensor ids = Ids({2, 6}, 3);
    Recording recording({.train = false, .gradients = false});
    const Tensor whole = model.Forward(recording.Constant(ids)).value();
    GptCache cache = model.MakeCache(context, 2);
    int64_t begin = 0;
    for (const int64_t n : {3, 1, 1, 1}) {
      Tensor next = Tensor::Empty({DType::kInt32, Shape({2, n})});
      for (int64_t i = 0; i < 2 * n; ++i) {
        next.raw<int32_t>()[i] = ids.data<int32_t>()[i / n * 6 + begin + i % n];
      }
      const Tensor logits = model.Forward(recording.Constant(next), {}, &cache).value();
      ASSERT_EQ(logits.shape(), Shape({2, n, 11}));
      const size_t row = 11 * SizeOf(dtype);
      for (int64_t i = 0; i < 2 * n; ++i) {
        EXPECT_EQ(std::memcmp(static_cast<const char*>(whole.raw_bytes()) +
                                  (i / n * 6 + begin + i % n) * row,
                              static_cast<const char*>(logits.raw_bytes()) + i * row, row),
                  0)
            << dtype << " " << begin << " " << i;
      }
      begin += n;
    }
    EXPECT_DEATH(model.Forward(recording.Constant(Ids({2, 1}, 1)), {}, &cache),
                 "after 6 positions");
  }
}

}  // namespace
}  // namespace hairpin
