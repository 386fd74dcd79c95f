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
// Rows and columns of C, in bytes, up to which k is cut sooner.
constexpr int64_t kDeepSmall = 768;
// The longest vector of any target, and what packing may write beyond a panel.
constexpr int64_t kMatMulGapBytes = 64;
// No less than the rows and columns (in bytes) of any target's tile.
constexpr int64_t kMatMulMaxTileRows = 16;
constexpr int64_t kMatMulMaxTileColumnBytes = 128;

// Rows of memory these bytes apart, or a multiple, share cache sets.
constexpr int64_t kSetSpacing = 4096;
// Panels packed together where they share lines.
constexpr int64_t kSharedPanels = 4;
// What stands before a worker's packed panels.
constexpr int64_t kMatMulHeadBytes = 64;
// Of the resident operand, as much as stays in the second-level cache beside what streams.
constexpr int64_t kMatMulResidentBytes = 3 << 18;

struct MatMulPlan {
  int64_t workers;
  bool deep;               // k is cut; otherwise:
  bool stream_a;           // B is resident and A's panels stream, or the other way round
  bool resident_in_place;  // read where it is, not packed
  // A task is one of the resident operand's blocks with one of the streaming operand's groups of
  // panels; or, if not 0, as many whole products.
  int64_t resident_blocks, stream_groups, products_per_task;
  int64_t panels_at_once;  // of the streaming operand, packed together
  int64_t stream_bytes;    // of these
  int64_t worker_bytes;  // scratch of a worker
  int64_t total_bytes;   // grows with the shape's sizes
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

// transpose_b: B is packed; otherwise at most its last panel.
inline DeepScratch PlanDeepBlock(int64_t rows, int64_t columns, bool transpose_b,
                                 int64_t element_bytes) {
  const int64_t packed = transpose_b ? columns : 1;
  return {.a_bytes = PackedBytes(rows, kDeepSteps, MaxPanels(rows), element_bytes),
          .b_bytes = PackedBytes(PaddedColumns(packed, element_bytes), kDeepSteps,
                                 MaxPanels(packed), element_bytes),
          .sums_bytes = (rows + 2 * kMatMulMaxTileRows) *
                        (columns * element_bytes + kMatMulMaxTileColumnBytes + 63) / 64 * 64};
}

// Cuts one product into tasks for several workers.
inline void PlanTasks(int64_t stream_panels, int64_t resident_panels, MatMulPlan& plan) {
  if (!plan.stream_a && resident_panels >= 8 * plan.workers) {
    // By rows: a worker finds the rows that it wrote in the operation before. Each packs all of B,
    // which so many rows pay for.
    plan.resident_blocks = std::max(plan.resident_blocks, plan.workers);
    plan.stream_groups = std::clamp<int64_t>(stream_panels / 2, 1, 8);
  } else if (stream_panels >= 4 * plan.workers) {
    plan.stream_groups = std::min(stream_panels / 4, 4 * plan.workers);
  } else if (stream_panels % plan.workers == 0) {
    plan.stream_groups = plan.workers;
  } else {
    plan.resident_blocks = std::max(plan.resident_blocks, std::min(plan.workers, resident_panels));
  }
}

inline MatMulPlan PlanMatMul(const MatMulShape& shape, int64_t element_bytes) {
  constexpr int64_t kSmallFlops = 1 << 20;  // not worth waking another thread
  MatMulPlan plan = {};
  plan.workers = NumThreads();
  const auto deep_bytes = [&](int64_t most_rows, int64_t most_columns) {
    return PlanDeepBlock(std::min(shape.m, most_rows), std::min(shape.n, most_columns),
                         shape.transpose_b, element_bytes)
        .total();
  };
  plan.deep = shape.k > kMatMulDepth;
  if (plan.deep) {
    plan.worker_bytes = deep_bytes(kDeepRows, kDeepColumns + kMatMulMaxTileColumnBytes);
    plan.total_bytes = plan.workers * plan.worker_bytes;
    return plan;
  }
  // A small C that is read across both operands: a panel of all of k would fill the first-level
  // cache; a shorter one leaves room for the other's.
  const bool across = shape.transpose_a && !shape.transpose_b && shape.k > kDeepSteps;
  const int64_t small = kDeepSmall / element_bytes;
  plan.deep = across && std::max(shape.m, shape.n) <= small;
  // The smaller operand stays. Either can be read where it is: rows of a row-major A if few of them
  // share a cache set, columns of a row-major B if they are whole vectors.
  const int64_t lda = shape.lda != 0 ? shape.lda : shape.k;
  const bool rows_in_place = !shape.transpose_a && lda * element_bytes % kSetSpacing != 0;
  plan.stream_a = !rows_in_place && shape.m > shape.n;
  plan.resident_in_place =
      plan.stream_a ? !shape.transpose_b && shape.n * element_bytes % kMatMulGapBytes == 0
                    : rows_in_place;

  const int64_t row_panels = CeilDiv(shape.m, kMatMulMaxTileRows);
  const int64_t column_panels = CeilDiv(shape.n, kMatMulMaxTileColumnBytes / element_bytes);
  const int64_t stream_panels = plan.stream_a ? row_panels : column_panels;
  const int64_t resident_panels = plan.stream_a ? column_panels : row_panels;
  const int64_t resident_extent =
      plan.stream_a ? PaddedColumns(shape.n, element_bytes) : shape.m;
  plan.resident_blocks =
      std::clamp<int64_t>(CeilDiv(resident_extent * shape.k * element_bytes, kMatMulResidentBytes),
                          1, std::max<int64_t>(1, resident_panels));
  plan.stream_groups = 1;
  const int64_t products = shape.outer_batch * shape.inner_batch;
  const int64_t flops = Saturate(Int128{2} * shape.m * shape.k * shape.n);
  if (products >= 2 * plan.workers || flops <= kSmallFlops) {
    plan.products_per_task = std::max<int64_t>(1, kSmallFlops / std::max<int64_t>(1, flops));
  } else if (plan.workers > 1) {
    PlanTasks(stream_panels, resident_panels, plan);
  }
  // Panels of columns are as wide as lines. Panels of A's rows, stored as columns, are not, and
  // where stored rows share cache sets no line stays until the next panel reads its rest.
  const int64_t stored = shape.lda != 0 ? shape.lda : shape.m;
  const bool shared_lines =
      plan.stream_a && shape.transpose_a && shape.m * element_bytes >= kSetSpacing;
  plan.panels_at_once =
      shared_lines && stored * element_bytes % kSetSpacing == 0 ? kSharedPanels : 1;
  const int64_t width = std::max(kMatMulMaxTileRows, kMatMulMaxTileColumnBytes / element_bytes);
  const int64_t panels = shared_lines ? kSharedPanels : 1;  // a larger shape never takes less
  plan.stream_bytes = PackedBytes(panels * width, shape.k, panels, element_bytes);
  // All of the resident operand, whatever the blocks are: a larger shape never takes less.
  const int64_t resident_bytes =
      plan.resident_in_place ? 0 : PackedBytes(resident_extent, shape.k, MaxPanels(resident_extent),
                                               element_bytes);
  plan.worker_bytes = kMatMulHeadBytes + plan.stream_bytes + resident_bytes;
  if (across) plan.worker_bytes = std::max(plan.worker_bytes, deep_bytes(small, small));
  plan.total_bytes = plan.workers * plan.worker_bytes;
  return plan;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_WORKSPACE_H_
