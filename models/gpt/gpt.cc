#include "models/gpt/gpt.h"

#include <cmath>
#include <utility>

#include "models/config_check.h"
#include "ops/add.h"
#include "ops/linear.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

nn::TransformerDecoderLayerOptions LayerOptions(const GptConfig& config) {
  // GPT-2's 0.02 at its width of 768; a narrow model learns slowly from so little.
  const double deviation = 1 / std::sqrt(3.0 * config.hidden());
  return {.channels = config.hidden(),
          .heads = config.heads(),
          .intermediate = config.intermediate(),
          .dropout = config.dropout(),
          .bias = config.bias(),
          .feed_forward = config.gelu_tanh() ? nn::FeedForwardKind::kGeluTanh
                                             : nn::FeedForwardKind::kGelu,
          .initial_deviation = deviation,
          .residual_deviation = deviation / std::sqrt(2.0 * config.layers())};
}

}  // namespace

GptConfig GptPreset() {
  GptConfig config;
  config.set_layers(4);
  config.set_hidden(128);
  config.set_heads(4);
  config.set_intermediate(512);
  config.set_seq_len(64);
  return config;
}

absl::Status ValidateConfig(const GptConfig& config) {
  absl::Status status = CheckSizes({{"layers", config.layers(), 1, kMostLayers},
                                    {"hidden", config.hidden()},
                                    {"heads", config.heads()},
                                    {"intermediate", config.intermediate()},
                                    {"seq_len", config.seq_len()},
                                    {"vocab_size", config.vocab_size(), 2}});
  if (status.ok()) status = CheckMultiple("hidden", config.hidden(), "heads", config.heads());
  if (status.ok()) status = CheckFraction("dropout", config.dropout());
  return status;
}

Gpt::Gpt(const nn::ModuleContext& context, const GptConfig& config)
    : config_(CheckedConfig("Gpt", config)),
      token_(Add<nn::Embedding>(context, "token",
                                nn::EmbeddingOptions{config.vocab_size(), config.hidden()})),
      position_(Add<nn::Embedding>(context, "position",
                                   nn::EmbeddingOptions{config.seq_len(), config.hidden()})),
      layers_(Add<nn::TransformerDecoder>(context, "layer", config.layers(),
                                          LayerOptions(config))),
      norm_(Add<nn::LayerNorm>(context, "norm", nn::LayerNormOptions{config.hidden()})),
      dropout_(Add<nn::Dropout>(context, "dropout", config.dropout())) {
  AddAlias(context, "head.weight", token_.weight());
}

Variable Gpt::Hidden(Variable ids, Variable visible, GptCache* cache) {
  const Shape shape = ids.shape();
  const int64_t first = cache == nullptr ? 0 : cache->front().length;
  HAIRPIN_CHECK(shape.rank() == 2 && first + shape[1] <= config_.seq_len())
      << "Gpt: ids of shape " << shape << " after " << first
      << " positions, expected [B, T] and at most " << config_.seq_len() << " positions";
  Recording& recording = ids.recording();
  Variable x = token_.Forward(std::move(ids));
  x = dropout_.Forward(hairpin::Add(std::move(x), position_.Rows(recording, first, shape[1])));
  return norm_.Forward(layers_.Forward(std::move(x), std::move(visible), cache));
}

Variable Gpt::Logits(Variable hidden) {
  Recording& recording = hidden.recording();
  const Scope scope(recording, "head");
  return Linear(std::move(hidden), recording.Use(token_.weight()), {});
}

Variable Gpt::Forward(Variable ids, Variable visible, GptCache* cache) {
  return Logits(Hidden(std::move(ids), std::move(visible), cache));
}

}  // namespace hairpin
