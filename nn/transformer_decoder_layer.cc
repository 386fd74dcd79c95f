#include "nn/transformer_decoder_layer.h"

#include <string>

#include "ops/add.h"

namespace hairpin::nn {
namespace {

MultiHeadAttentionOptions AttentionOf(const TransformerDecoderLayerOptions& options) {
  return {.channels = options.channels,
          .heads = options.heads,
          .dropout = options.dropout,
          .causal = true,
          .bias = options.bias,
          .rotary = options.rotary,
          .initial_deviation = options.initial_deviation,
          .output_deviation = options.residual_deviation};
}
FeedForwardOptions FeedForwardOf(const TransformerDecoderLayerOptions& options) {
  return {.channels = options.channels,
          .intermediate = options.intermediate,
          .bias = options.bias,
          .kind = options.feed_forward,
          .initial_deviation = options.initial_deviation,
          .out_deviation = options.residual_deviation};
}

}  // namespace

TransformerDecoderLayer::TransformerDecoderLayer(const ModuleContext& context,
                                                 const TransformerDecoderLayerOptions& options)
    : attention_norm_(Add<LayerNorm>(
          context, "attention_norm", LayerNormOptions{options.channels, options.layer_norm_eps})),
      attention_(Add<MultiHeadAttention>(context, "attention", AttentionOf(options))),
      feed_forward_norm_(
          Add<LayerNorm>(context, "feed_forward_norm",
                         LayerNormOptions{options.channels, options.layer_norm_eps})),
      feed_forward_(Add<FeedForward>(context, "feed_forward", FeedForwardOf(options))),
      dropout_(Add<Dropout>(context, "dropout", options.dropout)) {}

// The sublayer's output stands first in each sum: nobody else reads it, so the
// sum takes over its memory.
Variable TransformerDecoderLayer::Forward(Variable x, Variable visible, KeyValueCache* cache) {
  const Region region = EnterRegion(x.recording());
  HAIRPIN_CHECK(cache == nullptr || !visible)
      << path() << ": visible keys beside a cache, expected one of them";
  Variable y = attention_norm_.Forward(x);
  y = cache == nullptr ? attention_.Forward(std::move(y), std::move(visible))
                       : attention_.ForwardCached(std::move(y), *cache);
  x = hairpin::Add(dropout_.Forward(std::move(y)), std::move(x));
  y = feed_forward_.Forward(feed_forward_norm_.Forward(x));
  return hairpin::Add(dropout_.Forward(std::move(y)), std::move(x));
}

TransformerDecoder::TransformerDecoder(const ModuleContext& context, int layers,
                                       const TransformerDecoderLayerOptions& options)
    : channels_(options.channels) {
  for (int i = 0; i < layers; ++i) {
    layers_.push_back(&Add<TransformerDecoderLayer>(context, std::to_string(i), options));
  }
}

Variable TransformerDecoder::Forward(Variable x, Variable visible,
                                     std::vector<KeyValueCache>* caches) {
  HAIRPIN_CHECK(caches == nullptr || caches->size() == layers_.size())
      << path() << ": " << caches->size() << " caches, expected one for each of "
      << layers_.size() << " layers";
  for (size_t i = 0; i < layers_.size(); ++i) {
    x = layers_[i]->Forward(std::move(x), visible, caches == nullptr ? nullptr : &(*caches)[i]);
  }
  return x;
}

std::vector<KeyValueCache> TransformerDecoder::MakeCaches(const ModuleContext& context,
                                                          int64_t batch,
                                                          int64_t positions) const {
  std::vector<KeyValueCache> caches;
  for (size_t i = 0; i < layers_.size(); ++i) {
    caches.emplace_back(context, batch, positions, channels_);
  }
  return caches;
}

}  // namespace hairpin::nn
