#include "nn/transformer_encoder_layer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/add.h"
#include "ops/index_select.h"
#include "ops/reshape.h"

namespace hairpin::nn {
namespace {

constexpr TransformerEncoderLayerOptions kSmall = {
    .channels = 8, .heads = 2, .intermediate = 12, .dropout = 0.25, .layer_norm_eps = 1e-2};

TEST(TransformerEncoderLayerTest, HasItsNamesInOrder) {
  TransformerEncoderLayer layer({}, kSmall);
  EXPECT_EQ(Names(layer),
            (std::vector<std::string>{
                "attention_norm.weight", "attention_norm.bias", "attention.query.weight",
                "attention.key.weight", "attention.value.weight", "attention.output.weight",
                "feed_forward_norm.weight", "feed_forward_norm.bias", "feed_forward.in.weight",
                "feed_forward.in.bias", "feed_forward.out.weight", "feed_forward.out.bias"}));
  EXPECT_EQ(layer.CountParameters(), 4 * 64 + 2 * 96 + 12 + 8 + 4 * 8);
}

// A part by itself, with the weights that it has in the layer.
void CopyWeights(TransformerEncoderLayer& layer, const std::string& prefix, Module& part) {
  part.VisitParameters([&](const ParameterVisit& visit) {
    visit.parameter.value().CopyFrom(Find(layer, prefix + visit.name()).value());
  });
}

// x = x + attention(norm(x)); x = x + feed_forward(norm(x)), where no recording trains.
TEST(TransformerEncoderLayerTest, IsMadeOfItsParts) {
  const ModuleContext context = {.dtype = DType::kFloat64};
  TransformerEncoderLayer layer(context, kSmall);
  Randomize(layer, 1);
  LayerNorm attention_norm(context, {8, kSmall.layer_norm_eps});
  LayerNorm feed_forward_norm(context, {8, kSmall.layer_norm_eps});
  MultiHeadAttention attention(context, {.channels = 8, .heads = 2});
  FeedForward feed_forward(context, {.channels = 8, .intermediate = 12});
  CopyWeights(layer, "attention_norm.", attention_norm);
  CopyWeights(layer, "attention.", attention);
  CopyWeights(layer, "feed_forward_norm.", feed_forward_norm);
  CopyWeights(layer, "feed_forward.", feed_forward);

  Recording recording({.train = false});
  const Variable input = recording.Constant(Random({2, 4, 8}, DType::kFloat64, 2));
  const Variable visible =
      recording.Constant(Tensor::FromValues<int32_t>({2, 4}, {1, 1, 1, 1, 1, 1, 0, 0}));
  const Variable x = Add(input, attention.Forward(attention_norm.Forward(input), visible));
  const Variable expected = Add(x, feed_forward.Forward(feed_forward_norm.Forward(x)));
  const Variable y = layer.Forward(input, visible);
  ASSERT_EQ(y.shape(), expected.shape());
  for (int i = 0; i < 64; ++i) {
    EXPECT_NEAR(y.value().data<double>()[i], expected.value().data<double>()[i], 1e-13);
  }
}

TEST(TransformerEncoderTest, IsItsLayersOneAfterAnother) {
  const ModuleContext context = {.dtype = DType::kFloat64};
  TransformerEncoder stack(context, 2, kSmall);
  EXPECT_EQ(Names(stack)[0], "0.attention_norm.weight");
  EXPECT_EQ(Names(stack)[12], "1.attention_norm.weight");
  Randomize(stack, 1);
  Recording recording({.train = false});
  const Variable input = recording.Constant(Random({2, 4, 8}, DType::kFloat64, 2));
  const Variable visible =
      recording.Constant(Tensor::FromValues<int32_t>({2, 4}, {1, 1, 1, 1, 1, 1, 0, 0}));
  Variable expected = input;
  for (const char* number : {"0.", "1."}) {
    TransformerEncoderLayer layer(context, kSmall);
    layer.VisitParameters([&](const ParameterVisit& visit) {
      visit.parameter.value().CopyFrom(Find(stack, number + visit.name()).value());
    });
    expected = layer.Forward(expected, visible);
  }
  EXPECT_EQ(stack.Forward(input, visible).value().ToDoubles(), expected.value().ToDoubles());
  EXPECT_NE(stack.Forward(input).value().ToDoubles(), expected.value().ToDoubles());
}

// In training each sublayer's output is dropped in part, and what goes past it is not: with all
// weights of the sublayers 0 but the last bias, an element is x or x + bias / 0.75.
TEST(TransformerEncoderLayerTest, DropoutIsOnTheSublayersOnly) {
  TransformerEncoderLayer layer({.dtype = DType::kFloat64}, kSmall);
  layer.VisitParameters([](const ParameterVisit& visit) { visit.parameter.value().SetZero(); });
  ConstantInitializer(3)(0, 0, &Find(layer, "feed_forward.out.bias").value());
  const Tensor x = Random({2, 4, 8}, DType::kFloat64, 2);
  Recording recording({.seed = 1});
  const Variable y = layer.Forward(recording.Constant(x));
  int dropped = 0;
  for (int i = 0; i < 64; ++i) {
    const double difference = y.value().data<double>()[i] - x.data<double>()[i];
    if (difference == 0) {
      ++dropped;
    } else {
      EXPECT_NEAR(difference, 4, 1e-14) << i;
    }
  }
  EXPECT_TRUE(4 < dropped && dropped < 30) << dropped;  // of 64, 16 +- 3.5
}

// The last layer computed for some rows alone has the bits of the whole.
void ExpectRowsBitEqual(DType dtype, bool masked) {
  TransformerEncoderLayer layer({.dtype = dtype, .seed = 9}, kSmall);
  Randomize(layer, 1);
  const Tensor x = Random({3, 7, 8}, dtype, 4);
  const Tensor rows = Tensor::FromValues<int32_t>({5}, {0, 3, 8, 13, 20});
  const Tensor visible = Tensor::FromValues<int32_t>(
      {3, 7}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0});
  const auto run = [&](bool some) {
    Recording recording({.seed = 11, .step = 2, .train = true});
    Variable mask = masked ? recording.Constant(visible) : Variable();
    Variable wanted = recording.Constant(rows);
    Variable y = some ? layer.Forward(recording.Constant(x), mask, wanted)
                      : IndexSelect(Reshape(layer.Forward(recording.Constant(x), mask), {21, 8}),
                                    wanted);
    return y.value().Clone();
  };
  const Tensor a = run(true), b = run(false);
  EXPECT_EQ(a.shape(), Shape({5, 8}));
  EXPECT_TRUE(SameBits(a, b)) << dtype << " " << masked;
}

TEST(TransformerEncoderLayerTest, QueryRowsAreBitEqualDropoutIncluded) {
  for (DType dtype : {DType::kFloat32, DType::kFloat64}) {
    for (bool masked : {false, true}) ExpectRowsBitEqual(dtype, masked);
  }
}

TEST(TransformerEncoderLayerTest, GradientsThroughRowsAndDropout) {
  TransformerEncoderLayer layer({.dtype = DType::kFloat64}, kSmall);
  Randomize(layer, 1);
  const Tensor x = Random({2, 4, 8}, DType::kFloat64, 4);
  const Tensor rows = Tensor::FromValues<int32_t>({3}, {1, 4, 6});
  for (const bool some : {false, true}) {
    const GradcheckResult result = GradcheckOutput(layer, [&](Recording& recording) {
      return layer.Forward(recording.Constant(x), {},
                           some ? recording.Constant(rows) : Variable());
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
