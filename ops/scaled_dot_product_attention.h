// Scaled dot-product attention of several heads.
//
//   out_i = sum_j softmax_j(q_i . k_j / sqrt(D)) v_j      within one sequence
//
// k, v are [B, T, C], q, out [B, Tq, C] with C = H D, head h in columns [h D, (h + 1) D).
// Saved: q, k, v; backward makes the probabilities again by the same code.
// Source: Vaswani et al., "Attention is all you need", 2017.
#ifndef HAIRPIN_OPS_SCALED_DOT_PRODUCT_ATTENTION_H_
#define HAIRPIN_OPS_SCALED_DOT_PRODUCT_ATTENTION_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct AttentionOptions {
  int heads = 1;  // divides C
  // The queries are the last of the positions (all of them, or those after what a cache holds):
  // query i of Tq sees keys j <= i + T - Tq only, Tq <= T.
  bool causal = false;
  // Dropout on the probabilities, where the recording trains.
  double dropout = 0;
};

// `visible` int32 [B, T], may be empty: keys with 0 are not seen; each query
// must have one that is. `rows` int32 [R] ascending, may be empty: only queries
// b T + t = rows[r] are computed, q and out are then [R, C] (k, v stay [B, T, C]),
// with the same bits as the full computation gives for these rows.
Variable ScaledDotProductAttention(Variable q, Variable k, Variable v,
                                   const AttentionOptions& options, Variable visible = {},
                                   Variable rows = {});

OpDefinition ScaledDotProductAttentionDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SCALED_DOT_PRODUCT_ATTENTION_H_
