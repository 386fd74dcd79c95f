#include "models/mini_bert/mini_bert.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/config_check.h"
#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

MiniBertConfig Tiny() {
  MiniBertConfig config;
  config.set_layers(2);
  config.set_hidden(8);
  config.set_heads(2);
  config.set_intermediate(12);
  config.set_seq_len(6);
  config.set_vocab_size(11);
  return config;
}

TEST(MiniBertTest, FlagshipHasItsParameters) {
  MiniBertConfig config = MiniPreset();
  config.set_vocab_size(8192);
  EXPECT_EQ(CountParameters(config), 4'498'880);
  Allocator dry(Allocator::Kind::kDry);
  MiniBert model({.allocator = &dry}, config);
  EXPECT_EQ(model.CountParameters(), 4'498'880);
}

TEST(MiniBertTest, NamesStandInTheirOrder) {
  MiniBert model({}, Tiny());
  std::vector<std::string> expected = {"embeddings.token.weight", "embeddings.position.weight"};
  for (const char* layer : {"encoder.0.", "encoder.1."}) {
    for (const char* name :
         {"attention_norm.weight", "attention_norm.bias", "attention.query.weight",
          "attention.key.weight", "attention.value.weight", "attention.output.weight",
          "feed_forward_norm.weight", "feed_forward_norm.bias", "feed_forward.in.weight",
          "feed_forward.in.bias", "feed_forward.out.weight", "feed_forward.out.bias"}) {
      expected.push_back(std::string(layer) + name);
    }
  }
  for (const char* name : {"norm.weight", "norm.bias", "decoder.weight", "decoder.bias"}) {
    expected.push_back(name);
  }
  std::vector<std::string> found;
  model.VisitParameters([&](const nn::ParameterVisit& visit) { found.push_back(visit.name()); });
  EXPECT_EQ(found, expected);
  EXPECT_EQ(model.CountParameters(), CountParameters(Tiny()));
}

// The names that tables, drawings and messages show.
TEST(MiniBertTest, OperationsAreRecordedUnderTheirLayers) {
  Allocator dry(Allocator::Kind::kDry);
  MiniBert model({.allocator = &dry}, Tiny());
  Recording recording({.allocator = &dry});
  const auto ids = [&](const Shape& shape) {
    return recording.Constant(Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, dry));
  };
  MaskedLanguageModelLoss(
      model.Forward({.ids = ids({2, 6}), .masked_rows = ids({3})}), ids({3}));
  std::vector<std::string> found;
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    const NodeView node = recording.node(i);
    if (node.op->is_view()) continue;
    found.push_back(std::string(node.scope) + ": " + node.op->name());
  }
  std::vector<std::string> expected = {"embeddings.token: embedding", "embeddings: add"};
  for (const std::string layer : {"encoder.0", "encoder.1"}) {
    const bool last = layer == "encoder.1";
    for (const char* line :
         {".attention_norm: layer_norm", ".attention.key: linear", ".attention.value: linear",
          ".attention: index_select", ".attention.query: linear",
          ".attention: scaled_dot_product_attention", ".attention.output: linear",
          ": index_select", ": add", ".feed_forward_norm: layer_norm", ".feed_forward.in: linear",
          ".feed_forward: gelu", ".feed_forward.out: linear", ": add"}) {
      // Only the last layer picks rows.
      if (!last && std::string(line).find("index_select") != std::string::npos) continue;
      expected.push_back(layer + line);
    }
  }
  for (const char* line : {"norm: layer_norm", "decoder: linear", "loss: cross_entropy"}) {
    expected.push_back(line);
  }
  EXPECT_EQ(found, expected);
}

TEST(MiniBertTest, BadConfigsAreNamed) {
  const auto error = [](auto change) {
    MiniBertConfig config = Tiny();
    change(config);
    return ValidateConfig(config).ToString();
  };
  using ::testing::HasSubstr;
  EXPECT_EQ(error([](MiniBertConfig&) {}), "OK");
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_heads(3); }), HasSubstr("hidden: found 8"));
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_heads(0); }), HasSubstr("heads: found 0"));
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_layers(-1); }), HasSubstr("layers: found -1"));
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_vocab_size(5); }), HasSubstr("vocab_size"));
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_hidden(1 << 21); }), HasSubstr("hidden"));
  EXPECT_THAT(error([](MiniBertConfig& c) { c.set_dropout(1); }), HasSubstr("dropout: found 1"));
  EXPECT_THAT(error([](MiniBertConfig& c) {
    c.set_dropout(std::numeric_limits<double>::quiet_NaN());
  }), HasSubstr("dropout: found nan"));
}

TEST(MiniBertTest, LargestConfigDoesNotOverflow) {
  MiniBertConfig config;
  for (auto set : {&MiniBertConfig::set_hidden, &MiniBertConfig::set_heads,
                   &MiniBertConfig::set_intermediate, &MiniBertConfig::set_seq_len,
                   &MiniBertConfig::set_vocab_size}) {
    (config.*set)(kLargestSize);
  }
  config.set_layers(kMostLayers);
  ASSERT_TRUE(ValidateConfig(config).ok());
  const double n = kLargestSize;
  const double expected = kMostLayers * (6 * n * n + 6 * n) + 3 * n * n + 3 * n;
  EXPECT_NEAR(static_cast<double>(CountParameters(config)) / expected, 1, 1e-6);
}

struct Inputs {
  Tensor ids = Tensor::FromValues<int32_t>({2, 5}, {2, 7, 4, 9, 3, 2, 4, 6, 3, 0});
  Tensor visible = Tensor::FromValues<int32_t>({2, 5}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 0});
  Tensor rows = Tensor::FromValues<int32_t>({3}, {1, 2, 6});
  Tensor labels = Tensor::FromValues<int32_t>({3}, {7, 8, 10});
};

// Sequences shorter than seq_len, padding, dropout and masked rows, all at once.
TEST(MiniBertTest, GradientsAreRight) {
  MiniBertConfig config = Tiny();
  config.set_dropout(0.125);
  MiniBert model({.dtype = DType::kFloat64, .seed = 3}, config);
  const Inputs inputs;
  // Activations are about 0.02, so the step is a tenth of the usual one.
  const GradcheckResult result = nn::GradcheckModule(
      model,
      [&](Recording& recording) {
        return MaskedLanguageModelLoss(
                   model.Forward({.ids = recording.Constant(inputs.ids),
                                  .visible = recording.Constant(inputs.visible),
                                  .masked_rows = recording.Constant(inputs.rows)}),
                   recording.Constant(inputs.labels))
            .loss;
      },
      {.step = 1e-4, .recording = {}});
  EXPECT_TRUE(result.ok) << result.message;
}

// A larger M gives each row the same bits: the last layer, alone for them, is exact.
TEST(MiniBertTest, LogitsOfARowDoNotDependOnTheOthers) {
  MiniBert model({.seed = 3}, Tiny());
  const Inputs inputs;
  const auto logits = [&](const Tensor* rows) {
    Recording recording({.train = false, .gradients = false});
    return model
        .Forward({.ids = recording.Constant(inputs.ids),
                  .masked_rows = rows == nullptr ? Variable() : recording.Constant(*rows)})
        .value()
        .Clone();
  };
  std::vector<int32_t> every(10);
  for (int32_t i = 0; i < 10; ++i) every[i] = i;
  const Tensor every_row = Tensor::FromValues<int32_t>({10}, absl::MakeConstSpan(every));
  const Tensor all = logits(&every_row), some = logits(&inputs.rows), without = logits(nullptr);
  for (int m = 0; m < 3; ++m) {
    EXPECT_EQ(std::memcmp(some.data<float>() + 11 * m,
                          all.data<float>() + 11 * inputs.rows.data<int32_t>()[m],
                          11 * sizeof(float)),
              0)
        << m;
  }
  EXPECT_EQ(without.shape(), Shape({2, 5, 11}));
  EXPECT_EQ(std::memcmp(without.data<float>(), all.data<float>(), 110 * sizeof(float)), 0);
}

// A dry recording of forward, loss and backward counts what a real one takes.
TEST(MiniBertTest, DryPeakIsTheRealPeak) {
  const Inputs inputs;
  const auto peak = [&](Allocator& allocator) {
    MiniBert model({.allocator = &allocator}, Tiny());
    const auto input = [&](const Tensor& tensor) {
      return allocator.dry() ? Tensor::Empty(tensor.spec(), Purpose::kActivation, allocator)
                             : tensor.Clone();
    };
    const int64_t before = allocator.account().live_total();
    allocator.account().ResetPeaks();
    Recording recording({.allocator = &allocator});
    recording.Backward(
        MaskedLanguageModelLoss(
            model.Forward({.ids = recording.Constant(input(inputs.ids)),
                           .visible = recording.Constant(input(inputs.visible)),
                           .masked_rows = recording.Constant(input(inputs.rows))}),
            recording.Constant(input(inputs.labels)))
            .loss);
    return allocator.account().peak_total() - before;
  };
  Allocator dry(Allocator::Kind::kDry);
  EXPECT_EQ(peak(dry), peak(Allocator::Default()));
}

}  // namespace
}  // namespace hairpin
