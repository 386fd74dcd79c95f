// How a head's scratch is laid out; for attention.cc and its parts.
#ifndef HAIRPIN_OPS_KERNELS_ATTENTION_SCRATCH_H_
#define HAIRPIN_OPS_KERNELS_ATTENTION_SCRATCH_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/attention.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// Queries of a head that are worked on at once. With `causal` a block's scores go as far as its
// last query sees: the fewer queries, the less is computed in vain.
inline int64_t AttentionQueries(const AttentionShape& shape) {
  return shape.causal ? std::clamp<int64_t>(shape.keys / 64 * 16, 16, 64) : 64;
}

// Counts in bytes, each a multiple of 64. Forward uses the first five.
struct AttentionScratch {
  int64_t keys = 0;       // k [Tk, D] as panels of columns j: products over D
  int64_t values = 0;     // v [Tk, D] as panels of columns d: products over j; backward: as keys
  int64_t scores = 0;     // [queries, Tk]: s, then p, then p'
  int64_t mask = 0;       // [Tk]: 0 or -infinity
  int64_t draw = 0;       // [Tk] words and [Tk] factors
  int64_t by_width = 0;   // upstream, then k, then q as panels of columns d
  int64_t gradients = 0;  // [queries, Tk]: dp, then ds

  int64_t forward() const { return keys + values + scores + mask + draw; }
  int64_t backward() const { return forward() + by_width + gradients; }
};

inline AttentionScratch PlanAttention(const AttentionShape& shape, int64_t element_bytes) {
  const auto bytes = [&](int64_t elements) { return (elements * element_bytes + 63) / 64 * 64; };
  // Panels are at most 128 bytes wide; packing may write 64 bytes beyond the last.
  const int64_t lanes = 128 / element_bytes;
  const int64_t keys = CeilDiv(shape.keys, lanes) * lanes;
  const int64_t width = CeilDiv(shape.head_width, lanes) * lanes;
  const int64_t rows = std::min(shape.queries, AttentionQueries(shape));
  AttentionScratch scratch;
  scratch.keys = bytes(keys * shape.head_width) + 64;
  scratch.values = std::max(scratch.keys, bytes(width * shape.keys) + 64);
  scratch.by_width = bytes(width * std::max(shape.keys, rows)) + 64;
  // A product reads a few numbers beyond them.
  scratch.scores = scratch.gradients = bytes(rows * keys) + 64;
  scratch.mask = bytes(keys);
  // Factors, then words in whole vectors of Philox blocks: up to 67 beyond what is asked.
  const int64_t drawn = CeilDiv(shape.keys, 64) * 64;
  scratch.draw = drawn * element_bytes + (drawn + 128) * int64_t{sizeof(uint32_t)};
  return scratch;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_SCRATCH_H_
