// MultiHeadAttention: self-attention of several heads.
//
//   nn::MultiHeadAttention attention(context, {.channels = C, .heads = 4, .causal = true});
//   Variable y = attention.Forward(x);                  // [B, T, C], the same shape back
//
//   q, k, v = x Wq^T, x Wk^T, x Wv^T       (+ biases)
//   y = attention(q, k, v) Wo^T            (ops/scaled_dot_product_attention.h)
//
// Parameters query.*, key.*, value.*, output.*: weight [C, C] and, if asked for, bias [C].
// Source: Vaswani et al., "Attention is all you need", 2017.
#ifndef HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_
#define HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_

#include "nn/key_value_cache.h"
#include "nn/linear.h"
#include "nn/module.h"

namespace hairpin::nn {

struct MultiHeadAttentionOptions {
  int64_t channels = 0;
  int heads = 1;        // divides channels
  double dropout = 0;   // on the probabilities
  bool causal = false;  // each position sees itself and those before
  bool bias = false;
  bool rotary = false;  // q and k turned by their positions (ops/rotary.h)
  // Standard deviations of the initial Wq, Wk, Wv and of Wo.
  double initial_deviation = 0.02;
  double output_deviation = 0.02;
};

class MultiHeadAttention : public Module {
 public:
  MultiHeadAttention(const ModuleContext& context, const MultiHeadAttentionOptions& options);

  // x [B, T, C]. `visible` int32 [B, T], may be empty: keys with 0 are not seen.
  // `rows` int32 [R], may be empty: only the queries b T + t = rows[r] are
  // computed. Returns [B, T, C], or [R, C] with rows.
  Variable Forward(Variable x, Variable visible = {}, Variable rows = {});

  // Causal: x [B, n, C] are the positions after those that the cache holds, and the result, shaped
  // as x, has the bits that it has as a part of all; the cache then holds them too. For recordings
  // without gradients.
  Variable ForwardCached(Variable x, KeyValueCache& cache);

 private:
  // What queries see keys by: q or k [B, T, C] of positions from `first` on.
  Variable Turned(Variable x, int64_t first) const;

  MultiHeadAttentionOptions options_;
  Linear &query_, &key_, &value_, &output_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_
