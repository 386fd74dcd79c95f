// TransformerDecoderLayer: causal attention and a feed-forward network, each behind a LayerNorm and
// beside a residual (pre-norm): a layer of a decoder-only language model.
//
//   x = x + attention(norm(x));  x = x + feed_forward(norm(x))
//
// Parameters attention_norm.*, attention.*, feed_forward_norm.*, feed_forward.*. Dropout on each
// sublayer's output and on the attention probabilities. TransformerDecoder is a stack of them.
// Source: Radford et al., "Language models are unsupervised multitask learners", 2019.
#ifndef HAIRPIN_NN_TRANSFORMER_DECODER_LAYER_H_
#define HAIRPIN_NN_TRANSFORMER_DECODER_LAYER_H_

#include <vector>

#include "nn/dropout.h"
#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "nn/module.h"
#include "nn/multi_head_attention.h"

namespace hairpin::nn {

struct TransformerDecoderLayerOptions {
  int64_t channels = 0;
  int heads = 1;
  int64_t intermediate = 0;
  double dropout = 0;
  bool bias = true;  // of the products
  bool rotary = false;
  FeedForwardKind feed_forward = FeedForwardKind::kGelu;
  double layer_norm_eps = 1e-5;
  // Standard deviations of initial matrices: of those that read from the residual, and of the two
  // that write to it, where division by sqrt(2 L) keeps its variance in a stack of L layers.
  double initial_deviation = 0.02;
  double residual_deviation = 0.02;
};

class TransformerDecoderLayer : public Module {
 public:
  TransformerDecoderLayer(const ModuleContext& context,
                          const TransformerDecoderLayerOptions& options);

  // x [B, T, C], the same shape back; `visible` as in MultiHeadAttention. With a cache, x are the
  // positions after those that it holds, as in MultiHeadAttention::ForwardCached.
  Variable Forward(Variable x, Variable visible = {}, KeyValueCache* cache = nullptr);

 private:
  LayerNorm& attention_norm_;
  MultiHeadAttention& attention_;
  LayerNorm& feed_forward_norm_;
  FeedForward& feed_forward_;
  Dropout& dropout_;
};

// Layers "0", "1", ...
class TransformerDecoder : public Module {
 public:
  TransformerDecoder(const ModuleContext& context, int layers,
                     const TransformerDecoderLayerOptions& options);

  // x [B, T, C], the same shape back. With caches, one a layer, x are the positions after those
  // that they hold.
  Variable Forward(Variable x, Variable visible = {}, std::vector<KeyValueCache>* caches = nullptr);

  // Room for `positions` of `batch` sequences, with the context that the model was made with.
  std::vector<KeyValueCache> MakeCaches(const ModuleContext& context, int64_t batch,
                                        int64_t positions) const;

 private:
  int64_t channels_;
  std::vector<TransformerDecoderLayer*> layers_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_TRANSFORMER_DECODER_LAYER_H_
