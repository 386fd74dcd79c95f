#include "nn/transformer_encoder_layer.h"

#include <string>

#include "ops/add.h"
#include "ops/index_select.h"
#include "ops/reshape.h"

namespace hairpin::nn {

TransformerEncoderLayer::TransformerEncoderLayer(const ModuleContext& context,
                                                 const TransformerEncoderLayerOptions& options)
    : channels_(options.channels),
      attention_norm_(Add<LayerNorm>(
          context, "attention_norm", LayerNormOptions{options.channels, options.layer_norm_eps})),
      attention_(Add<MultiHeadAttention>(
          context, "attention",
          MultiHeadAttentionOptions{.channels = options.channels,
                                    .heads = options.heads,
                                    .dropout = options.dropout,
                                    .initial_deviation = options.initial_deviation,
                                    .output_deviation = options.residual_deviation})),
      feed_forward_norm_(
          Add<LayerNorm>(context, "feed_forward_norm",
                         LayerNormOptions{options.channels, options.layer_norm_eps})),
      feed_forward_(
          Add<FeedForward>(context, "feed_forward",
                           FeedForwardOptions{.channels = options.channels,
                                              .intermediate = options.intermediate,
                                              .initial_deviation = options.initial_deviation,
                                              .out_deviation = options.residual_deviation})),
      dropout_(Add<Dropout>(context, "dropout", options.dropout)) {}

// The sublayer's output stands first in each sum: nobody else reads it, so the
// sum takes over its memory.
Variable TransformerEncoderLayer::Forward(Variable x, Variable visible, Variable rows) {
  const Region region = EnterRegion(x.recording());
  Variable y = attention_.Forward(attention_norm_.Forward(x), std::move(visible), rows);
  if (rows) x = IndexSelect(Reshape(std::move(x), {-1, channels_}), rows);
  x = hairpin::Add(dropout_.Forward(std::move(y), rows), std::move(x));
  y = feed_forward_.Forward(feed_forward_norm_.Forward(x));
  return hairpin::Add(dropout_.Forward(std::move(y), std::move(rows)), std::move(x));
}

TransformerEncoder::TransformerEncoder(const ModuleContext& context, int layers,
                                       const TransformerEncoderLayerOptions& options) {
  for (int i = 0; i < layers; ++i) {
    layers_.push_back(&Add<TransformerEncoderLayer>(context, std::to_string(i), options));
  }
}

Variable TransformerEncoder::Forward(Variable x, const Variable& visible) {
  for (TransformerEncoderLayer* layer : layers_) x = layer->Forward(std::move(x), visible);
  return x;
}

}  // namespace hairpin::nn
