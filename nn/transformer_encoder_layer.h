// TransformerEncoderLayer: attention and a feed-forward network, each behind a
// LayerNorm and beside a residual (pre-norm).
//
//   x = x + attention(norm(x));  x = x + W2 gelu(W1 norm(x) + b1) + b2
//
// Parameters attention_norm.*, attention.*, feed_forward_norm.*,
// feed_forward.in.*, feed_forward.out.*. Dropout on each sublayer's output and
// on the attention probabilities. TransformerEncoder is a stack of them.
// Source: Vaswani et al. 2017; pre-norm: Xiong et al., "On layer normalization
// in the transformer architecture", ICML 2020.
#ifndef HAIRPIN_NN_TRANSFORMER_ENCODER_LAYER_H_
#define HAIRPIN_NN_TRANSFORMER_ENCODER_LAYER_H_

#include <utility>
#include <vector>

#include "nn/dropout.h"
#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "nn/module.h"
#include "nn/multi_head_attention.h"

namespace hairpin::nn {

struct TransformerEncoderLayerOptions {
  int64_t channels = 0;
  int heads = 1;
  int64_t intermediate = 0;
  double dropout = 0;
  double layer_norm_eps = 1e-5;
  // Standard deviations of initial matrices, as in TransformerDecoderLayerOptions.
  double initial_deviation = 0.02;
  double residual_deviation = 0.02;
};

class TransformerEncoderLayer : public Module {
 public:
  TransformerEncoderLayer(const ModuleContext& context,
                          const TransformerEncoderLayerOptions& options);

  // x [B, T, C]; `visible` as in MultiHeadAttention. With `rows` (int32 [R],
  // b T + t ascending) keys and values come from all rows, everything else is
  // computed for those rows only: the result is [R, C] and has the bits that
  // the full computation has there, dropout included.
  Variable Forward(Variable x, Variable visible = {}, Variable rows = {});

 private:
  int64_t channels_;
  LayerNorm& attention_norm_;
  MultiHeadAttention& attention_;
  LayerNorm& feed_forward_norm_;
  FeedForward& feed_forward_;
  Dropout& dropout_;
};

// Layers "0", "1", ...
class TransformerEncoder : public Layer {
 public:
  TransformerEncoder(const ModuleContext& context, int layers,
                     const TransformerEncoderLayerOptions& options);

  // x [B, T, C], the same shape back; `visible` as in MultiHeadAttention.
  Variable Forward(Variable x) override { return Forward(std::move(x), {}); }
  Variable Forward(Variable x, const Variable& visible);

 private:
  std::vector<TransformerEncoderLayer*> layers_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_TRANSFORMER_ENCODER_LAYER_H_
