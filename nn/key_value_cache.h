// KeyValueCache: what one layer of causal attention has computed of the positions before.
//
//   nn::KeyValueCache cache(context, B, /*positions=*/T, C);
//   attention.ForwardCached(prompt, cache);     // [B, n, C]: positions 0 .. n - 1
//   attention.ForwardCached(next, cache);       // [B, 1, C]: position n
//   cache.length = 0;                           // begin anew
//
// The caller owns it; its memory is taken when it is made, and is counted as activations.
#ifndef HAIRPIN_NN_KEY_VALUE_CACHE_H_
#define HAIRPIN_NN_KEY_VALUE_CACHE_H_

#include <cstdint>

#include "nn/module.h"

namespace hairpin::nn {

struct KeyValueCache {
  // With the dtype and the allocator that the layer was made with.
  KeyValueCache(const ModuleContext& context, int64_t batch, int64_t positions, int64_t channels);

  int64_t batch() const { return keys.shape()[0]; }
  int64_t positions() const { return keys.shape()[1]; }

  // Writes k and v [B, n, C] as positions [length, length + n), which they then are part of. CHECKs
  // that they fit, and that they have no gradient, which would end here.
  void Append(const Variable& k, const Variable& v);
  // int32 [B n]: the rows b T + t of positions [first, length).
  Variable RowsFrom(Recording& recording, int64_t first) const;

  Tensor keys, values;  // [B, T, C]
  int64_t length = 0;   // positions that they hold
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_KEY_VALUE_CACHE_H_
