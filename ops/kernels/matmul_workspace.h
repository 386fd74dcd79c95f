// How a matrix product is shared out and how much scratch that takes; for matmul.cc and its parts.
#ifndef HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_
#define HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/matmul.h"
#include "tensor/saturate.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// Steps of k up to which panels are packed whole: 32 columns of float32 are then 128 KB.
constexpr int64_t kMatMulDepth = 1024;
// Beyond: steps packed at once, and the largest block of C that is a task.
constexpr int64_t kDeepSteps = 256;
constexpr int64_t kDeepRows = 256;
constexpr int64_t kDeepColumns = 512;
// The longest vector of any target, and what packing may write beyond a panel.
constexpr int64_t kMatMulGapBytes = 64;
// No less than the rows and columns (in bytes) of any target's tile.
constexpr int64_t kMatMulMaxTileRows = 16;
constexpr int64_t kMatMulMaxTileColumnBytes = 128;

struct MatMulPlan {
  bool deep;             // k beyond kMatMulDepth; otherwise:
  bool stream_a;         // B is resident and A's panels stream, or the other way round
  bool one_worker_each;  // products of a batch are shared out whole
  int64_t products_per_block;
  int64_t resident_bytes;  // of the packed resident operand
  int64_t worker_bytes;    // scratch of a worker
  int64_t total_bytes;     // grows with the shape's sizes
};

struct DeepScratch {
  int64_t a_bytes, b_bytes, sums_bytes;
  int64_t total() const { return a_bytes + b_bytes + sums_bytes; }
};

// No panel but the last is narrower than two rows or columns.
inline int64_t MaxPanels(int64_t extent) { return extent / 2 + 1; }

// Columns as packed: a multiple of any target's vector or two.
inline int64_t PaddedColumns(int64_t columns, int64_t element_bytes) {
  const int64_t lanes = kMatMulMaxTileColumnBytes / element_bytes;
  return CeilDiv(columns, lanes) * lanes;
}

inline int64_t PackedBytes(int64_t width, int64_t steps, int64_t panels, int64_t element_bytes) {
  return CeilDiv(width * steps * element_bytes + panels * kMatMulGapBytes, 64) * 64;
}

inline DeepScratch PlanDeepBlock(int64_t rows, int64_t columns, int64_t element_bytes) {
  return {.a_bytes = PackedBytes(rows, kDeepSteps, MaxPanels(rows), element_bytes),
          .b_bytes = PackedBytes(PaddedColumns(columns, element_bytes), kDeepSteps,
                                 MaxPanels(columns), element_bytes),
          .sums_bytes = (rows + 2 * kMatMulMaxTileRows) *
                        (columns * element_bytes + kMatMulMaxTileColumnBytes + 63) / 64 * 64};
}

inline MatMulPlan PlanMatMul(const MatMulShape& shape, int64_t element_bytes) {
  constexpr int64_t kSmallFlops = 1 << 20;            // not worth waking another thread
  constexpr int64_t kPrivateResidentBytes = 1 << 20;  // more is packed once, for all workers
  MatMulPlan plan = {};
  plan.deep = shape.k > kMatMulDepth;
  plan.stream_a = shape.m >= shape.n;
  const int64_t workers = NumThreads();
  const int64_t products = shape.outer_batch * shape.inner_batch;
  const int64_t flops = Saturate(Int128{2} * shape.m * shape.k * shape.n);
  const int64_t steps = std::min(shape.k, kMatMulDepth);

  plan.resident_bytes =
      plan.stream_a ? PackedBytes(PaddedColumns(shape.n, element_bytes), steps,
                                  MaxPanels(shape.n), element_bytes)
                    : PackedBytes(shape.m, steps, MaxPanels(shape.m), element_bytes);
  plan.worker_bytes = PackedBytes(std::max(kMatMulMaxTileRows,
                                           kMatMulMaxTileColumnBytes / element_bytes),
                                  steps, 1, element_bytes);
  plan.one_worker_each = !plan.deep && plan.resident_bytes <= kPrivateResidentBytes &&
                         (flops <= kSmallFlops || products >= 2 * workers);
  plan.products_per_block = std::max<int64_t>(1, kSmallFlops / std::max<int64_t>(1, flops));
  // What any of the ways takes, so that a larger shape never takes less than a smaller one.
  const int64_t residents =
      products == 1 ? plan.resident_bytes
                    : std::max(plan.resident_bytes,
                               workers * std::min(plan.resident_bytes, kPrivateResidentBytes));
  plan.total_bytes = residents + workers * plan.worker_bytes;
  if (plan.deep) {
    plan.worker_bytes = PlanDeepBlock(std::min(shape.m, kDeepRows),
                                      std::min(shape.n, kDeepColumns + kMatMulMaxTileColumnBytes),
                                      element_bytes)
                            .total();
    plan.total_bytes = std::max(plan.total_bytes, workers * plan.worker_bytes);
  }
  return plan;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_
