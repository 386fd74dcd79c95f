// How the scratch of recurrent steps is laid out; for lstm.cc and gru.cc.
#ifndef HAIRPIN_OPS_KERNELS_RECURRENT_SCRATCH_H_
#define HAIRPIN_OPS_KERNELS_RECURRENT_SCRATCH_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/recurrent.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// Counts in bytes, each a multiple of 64.
struct RecurrentScratch {
  int64_t rows = 1;    // sequences of a group
  int64_t packed = 0;  // W_hh, for all
  int64_t sums = 0;    // of a worker: [rows, width] of the product
  int64_t state = 0;   // of a worker: what goes from step to step

  int64_t worker() const { return sums + state; }
  int64_t total() const { return packed + NumThreads() * worker(); }
};

// Products of [rows, k] and [k, n]; `state` counts elements for one sequence.
inline RecurrentScratch PlanRecurrent(const RecurrentShape& shape, int64_t k, int64_t n,
                                      int64_t state, int64_t element_bytes) {
  // More sequences in a group do not make its products faster, and fill the cache.
  constexpr int64_t kMostRows = 48;
  const auto bytes = [&](int64_t elements) { return (elements * element_bytes + 63) / 64 * 64; };
  // Whole panels of at most 256 bytes; packing and vectors at the end go up to 64 bytes beyond.
  const int64_t lanes = 256 / element_bytes;
  const int64_t width = CeilDiv(n, lanes) * lanes;
  RecurrentScratch plan;
  plan.rows = std::clamp<int64_t>(CeilDiv(shape.batch, NumThreads()), 1, kMostRows);
  plan.packed = bytes(width * k) + 64;
  plan.sums = bytes(plan.rows * width) + 64;
  plan.state = bytes(plan.rows * state) + 64;
  return plan;
}

// State forward: h. Backward: dc, then the gates' gradients; of a GRU the part of dh that passes z.
inline RecurrentScratch PlanLstmForward(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanRecurrent(shape, shape.hidden, 4 * shape.hidden, shape.hidden, element_bytes);
}
inline RecurrentScratch PlanLstmBackward(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanRecurrent(shape, 4 * shape.hidden, shape.hidden, 5 * shape.hidden, element_bytes);
}
inline RecurrentScratch PlanGruForward(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanRecurrent(shape, shape.hidden, 3 * shape.hidden, shape.hidden, element_bytes);
}
inline RecurrentScratch PlanGruBackward(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanRecurrent(shape, 3 * shape.hidden, shape.hidden, 4 * shape.hidden, element_bytes);
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_RECURRENT_SCRATCH_H_
