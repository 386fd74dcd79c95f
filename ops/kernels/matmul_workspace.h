// How a matrix product is shared out and how much scratch that takes; for matmul.cc and its parts.
#ifndef HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_
#define HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/matmul.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// Steps of k after which a panel is cut: 32 columns of float32 are then 128 KB.
constexpr int64_t kMatMulDepth = 1024;
// The longest vector of any target, and what packing may write beyond a panel.
constexpr int64_t kMatMulGapBytes = 64;
// More than the rows and no less than the columns (in bytes) of any target's tile.
constexpr int64_t kMatMulMaxTileRows = 16;
constexpr int64_t kMatMulMaxTileColumnBytes = 128;

struct MatMulPlan {
  bool stream_a;         // B is resident and A's panels stream, or the other way round
  bool one_worker_each;  // products of a batch are shared out whole
  int64_t products_per_block;
  int64_t resident_bytes;  // of the packed resident operand
  int64_t scratch_bytes;   // of a packed streaming panel
  int64_t worker_bytes;    // scratch_bytes and the sums that wait
  int64_t total_bytes;     // grows with the shape's sizes
};

inline int64_t RoundUpTo64(int64_t bytes) { return (bytes + 63) / 64 * 64; }

inline MatMulPlan PlanMatMul(const MatMulShape& shape, int64_t element_bytes) {
  constexpr int64_t kSmallFlops = 1 << 20;           // not worth waking another thread
  constexpr int64_t kPrivateResidentBytes = 1 << 20;  // more is packed once, for all workers
  MatMulPlan plan = {};
  plan.stream_a = shape.m >= shape.n;
  const int64_t products = shape.outer_batch * shape.inner_batch;
  const int64_t flops = 2 * shape.m * shape.k * shape.n;

  const int64_t column_lanes = kMatMulMaxTileColumnBytes / element_bytes;
  const int64_t resident_extent =
      plan.stream_a ? CeilDiv(shape.n, column_lanes) * column_lanes : shape.m;
  // No panel but the last is narrower than two rows or columns.
  const int64_t panels_at_most = (plan.stream_a ? shape.n : shape.m) / 2 + 1;
  plan.resident_bytes = RoundUpTo64(resident_extent * shape.k * element_bytes +
                                    panels_at_most * kMatMulGapBytes);
  const int64_t depth = std::min(shape.k, kMatMulDepth);
  const int64_t panel_bytes = std::max(kMatMulMaxTileRows * element_bytes,
                                       kMatMulMaxTileColumnBytes);
  plan.scratch_bytes = RoundUpTo64(depth * panel_bytes + kMatMulGapBytes);
  const int64_t waiting_bytes =
      shape.k <= kMatMulDepth
          ? 0
          : std::max(kMatMulMaxTileRows * (std::min(shape.m, shape.n) * element_bytes +
                                           kMatMulMaxTileColumnBytes),
                     kMatMulMaxTileColumnBytes *
                         (std::min(shape.m, shape.n) + 2 * kMatMulMaxTileRows));
  plan.worker_bytes = plan.scratch_bytes + waiting_bytes;

  const int64_t workers = NumThreads();
  const bool small = flops <= kSmallFlops;
  plan.one_worker_each = plan.resident_bytes <= kPrivateResidentBytes &&
                         (small || products >= 2 * workers);
  plan.products_per_block = std::max<int64_t>(1, kSmallFlops / std::max<int64_t>(1, flops));
  // What any of the ways takes, so that a larger shape never takes less than a smaller one.
  const int64_t residents =
      products == 1 ? plan.resident_bytes
                    : std::max(plan.resident_bytes,
                               workers * std::min(plan.resident_bytes, kPrivateResidentBytes));
  plan.total_bytes = residents + workers * plan.worker_bytes;
  return plan;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_
