// Scaled dot-product attention of several heads, forward and backward.
//
//   kernels::AttentionShape shape = {.batch = B, .queries = T, .keys = T, .heads = H,
//                                    .head_width = D};
//   kernels::AttentionForward(shape, {q, k, v}, out, workspace);
//
//   s_ij = q_i . k_j / sqrt(D)             one head's rows, C = H D numbers apart
//   p_ij = softmax over the visible j of s_ij
//   out_i = sum_j p'_ij v_j                p' = p after dropout: p keep / (1 - probability)
//
// Heads are read where they are, as columns [h D, (h + 1) D) of rows of C: nothing is permuted.
// Backward saves nothing: it makes p again from q and k by the code of forward, so to the bit.
// An output row's bits don't depend on which other rows are computed, nor on the threads; sums
// over queries (dk, dv) run in ascending order of rows. One task per (b, h), its scratch small
// enough for a core's cache: no [T, T] matrix goes to memory.
//
// Source: Vaswani et al., "Attention is all you need", 2017.
#ifndef HAIRPIN_OPS_KERNELS_ATTENTION_H_
#define HAIRPIN_OPS_KERNELS_ATTENTION_H_

#include <cstdint>

#include "tensor/philox.h"

namespace hairpin::kernels {

struct AttentionShape {
  int64_t batch = 1;       // B
  int64_t queries = 1;     // Tq, of each sequence
  int64_t keys = 1;        // Tk, of each sequence
  int64_t heads = 1;       // H
  int64_t head_width = 1;  // D
  // The queries are the last of the positions: query t sees keys 0..t + Tk - Tq only, and each
  // sees one, Tq <= Tk. What no query of a block sees isn't computed.
  bool causal = false;
  // Of the probabilities. Element ((b H + h) Tq + t) Tk + j has that number in the draw; the draw
  // is the one of dropout.h.
  double dropout = 0;
  PhiloxKey dropout_key = {};
};

template <class T>
struct AttentionInputs {
  const T* q;  // [B, Tq, C], or [R, C] with rows
  const T* k;  // [B, Tk, C]
  const T* v;  // [B, Tk, C]
  // [B, Tk], 0 = not seen; null: all are. Each query must see at least one key.
  const int32_t* visible = nullptr;
  // R ascending values b Tq + t: only these queries are computed. Null: all.
  const int32_t* rows = nullptr;
  int64_t num_rows = 0;
};

// Destinations; a null one isn't computed. Each is replaced or added to.
template <class T>
struct AttentionGradients {
  T* q = nullptr;
  T* k = nullptr;
  T* v = nullptr;
  bool accumulate_q = false, accumulate_k = false, accumulate_v = false;
};

// Bytes of scratch of Forward and of Backward, with the present NumThreads().
int64_t AttentionForwardWorkspaceBytes(const AttentionShape& shape, int64_t element_bytes);
int64_t AttentionBackwardWorkspaceBytes(const AttentionShape& shape, int64_t element_bytes);

// out: shaped as q; overlaps no input. T is float or double; workspace is aligned to 64.
template <class T>
void AttentionForward(const AttentionShape& shape, const AttentionInputs<T>& in, T* out,
                      void* workspace);

// The gradients of sum(out * upstream); upstream: shaped as q. No destination overlaps anything.
template <class T>
void AttentionBackward(const AttentionShape& shape, const AttentionInputs<T>& in,
                       const T* upstream, const AttentionGradients<T>& gradients,
                       void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_H_
