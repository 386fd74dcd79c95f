#include "nn/transformer_decoder_layer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/slice.h"

namespace hairpin::nn {
namespace {

constexpr TransformerDecoderLayerOptions kSmall = {.channels = 8, .heads = 2, .intermediate = 12};

TransformerDecoderLayerOptions Modern() {
  TransformerDecoderLayerOptions options = kSmall;
  options.bias = false, options.rotary = true, options.feed_forward = FeedForwardKind::kSwiGlu;
  return options;
}

TEST(TransformerDecoderLayerTest, Parameters) {
  TransformerDecoderLayer layer({}, kSmall);
  EXPECT_EQ(layer.CountParameters(), 4 * (64 + 8) + 2 * 8 * 12 + 12 + 8 + 4 * 8);
  TransformerDecoderLayer modern({}, Modern());
  EXPECT_EQ(Names(modern),
            (std::vector<std::string>{
                "attention_norm.weight", "attention_norm.bias", "attention.query.weight",
                "attention.key.weight", "attention.value.weight", "attention.output.weight",
                "feed_forward_norm.weight", "feed_forward_norm.bias", "feed_forward.in.weight",
                "feed_forward.gate.weight", "feed_forward.out.weight"}));
}

TEST(TransformerDecoderLayerTest, MatricesStartAsAsked) {
  TransformerDecoderLayerOptions options = Modern();
  options.initial_deviation = 0, options.residual_deviation = 0.5;
  TransformerDecoderLayer layer({.seed = 1}, options);
  for (const char* name : {"attention.query.weight", "attention.key.weight",
                           "attention.value.weight", "feed_forward.in.weight",
                           "feed_forward.gate.weight"}) {
    for (const double w : Find(layer, name).value().ToDoubles()) EXPECT_EQ(w, 0) << name;
  }
  for (const char* name : {"attention.output.weight", "feed_forward.out.weight"}) {
    double squares = 0;
    const std::vector<double> weights = Find(layer, name).value().ToDoubles();
    for (const double w : weights) squares += w * w;
    EXPECT_NEAR(squares / weights.size(), 0.25, 0.1) << name;
  }
}

// What comes later changes nothing before it.
TEST(TransformerDecoderLayerTest, NoPositionSeesLaterOnes) {
  for (const auto& options : {kSmall, Modern()}) {
    TransformerDecoderLayer layer({.dtype = DType::kFloat32}, options);
    Randomize(layer, 1);
    const Tensor x = Random({2, 7, 8}, DType::kFloat32, 2);
    Recording recording;
    const Variable all = layer.Forward(recording.Constant(x));
    const Variable part = layer.Forward(Slice(recording.Constant(x), 1, 0, 4));
    EXPECT_TRUE(SameBits(Slice(all, 1, 0, 4).value(), part.value()));
  }
}

// A cache fed in pieces gives the bits of the whole.
TEST(TransformerDecoderLayerTest, CachedPositionsAreThoseOfTheWhole) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    for (const auto& options : {kSmall, Modern()}) {
      const ModuleContext context = {.dtype = dtype};
      TransformerDecoderLayer layer(context, options);
      Randomize(layer, 1);
      const Tensor x = Random({2, 9, 8}, dtype, 2);
      Recording recording({.train = false, .gradients = false});
      const Variable all = layer.Forward(recording.Constant(x));
      KeyValueCache cache(context, 2, 11, 8);
      for (int turn = 0; turn < 2; ++turn) {
        int64_t begin = 0;
        for (const int64_t n : {4, 1, 1, 3}) {
          const Variable y = layer.Forward(Slice(recording.Constant(x), 1, begin, begin + n), {},
                                           &cache);
          EXPECT_TRUE(SameBits(Slice(all, 1, begin, begin + n).value(), y.value()))
              << dtype << " " << begin;
          begin += n;
        }
        EXPECT_EQ(cache.length, 9);
        cache.length = 0;
      }
    }
  }
}

TEST(TransformerDecoderLayerTest, CacheSaysWhatDoesNotFit) {
  TransformerDecoderLayer layer({}, kSmall);
  KeyValueCache cache({}, 1, 3, 8);
  Recording recording({.gradients = false});
  const Variable x = recording.Constant(Random({1, 4, 8}, DType::kFloat32, 1));
  EXPECT_DEATH(layer.Forward(x, {}, &cache), "4 positions after 0, found room for 3");
  Recording with_gradients;
  const Variable y = with_gradients.Constant(Random({1, 2, 8}, DType::kFloat32, 1));
  EXPECT_DEATH(layer.Forward(y, {}, &cache), "with a gradient");
}

TEST(TransformerDecoderLayerTest, Gradients) {
  const Tensor x = Random({2, 5, 8}, DType::kFloat64, 2);
  const Tensor visible =
      Tensor::FromValues<int32_t>({2, 5}, {1, 1, 0, 1, 1, 1, 1, 1, 1, 0});
  for (TransformerDecoderLayerOptions options : {kSmall, Modern()}) {
    options.dropout = 0.2;
    TransformerDecoderLayer layer({.dtype = DType::kFloat64}, options);
    Randomize(layer, 1);
    const GradcheckResult result = GradcheckOutput(layer, [&](Recording& recording) {
      return layer.Forward(recording.Constant(x), recording.Constant(visible));
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
