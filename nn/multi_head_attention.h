// MultiHeadAttention: self-attention of several heads, without biases.
//
//   q, k, v = x Wq^T, x Wk^T, x Wv^T
//   y = attention(q, k, v) Wo^T            (ops/scaled_dot_product_attention.h)
//
// Parameters query.weight, key.weight, value.weight, output.weight, each [C, C].
// Source: Vaswani et al., "Attention is all you need", 2017.
#ifndef HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_
#define HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_

#include "nn/linear.h"
#include "nn/module.h"

namespace hairpin::nn {

struct MultiHeadAttentionOptions {
  int64_t channels = 0;
  int heads = 1;        // divides channels
  double dropout = 0;   // on the probabilities
};

class MultiHeadAttention : public Module {
 public:
  MultiHeadAttention(const ModuleContext& context, const MultiHeadAttentionOptions& options);

  // x [B, T, C]. `visible` int32 [B, T], may be empty: keys with 0 are not seen.
  // `rows` int32 [R], may be empty: only the queries b T + t = rows[r] are
  // computed. Returns [B, T, C], or [R, C] with rows.
  Variable Forward(Variable x, Variable visible = {}, Variable rows = {});

 private:
  MultiHeadAttentionOptions options_;
  Linear &query_, &key_, &value_, &output_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_MULTI_HEAD_ATTENTION_H_
