// Products whose k is cut: those of many terms (k beyond kMatMulDepth), whose panels of all of k
// would leave the second-level cache, and those of a small C that is read across both operands,
// whose panels would leave the first (PlanMatMul).
//
// C is cut into blocks, one a task. A task takes kDeepSteps of k at a time: it packs its rows of A
// and its columns of B for these steps, and takes the sums of all its tiles on from where they
// were; between the pieces they wait in scratch, so each stays one chain.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_DEEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_DEEP_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_DEEP_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_DEEP_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_ahead-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::kDeepSteps;
using kernels::MatMulPlan;

// Block [row, row + rows) x [column, column + columns) of one product.
template <class T>
void DeepBlock(const Product<T>& product, int64_t row, int64_t rows, int64_t column,
               int64_t columns, char* scratch) {
  const RowPanels row_panels(rows);
  const ColumnPanels<T> column_panels(columns);
  const kernels::DeepScratch plan =
      kernels::PlanDeepBlock(rows, columns, product.b.k_contiguous, sizeof(T));
  T* const a = reinterpret_cast<T*>(scratch);
  T* const b = reinterpret_cast<T*>(scratch + plan.a_bytes);
  T* const sums = reinterpret_cast<T*>(scratch + plan.a_bytes + plan.b_bytes);
  const int64_t k = product.a.k;
  // Columns of a row-major B are read where they are, but for a last panel that is not whole
  // vectors: a few row panels don't pay for copying it.
  const bool in_place = !product.b.k_contiguous;
  const int64_t whole = in_place ? columns / TileLanes<T>() * TileLanes<T>() : 0;
  const int64_t packed_from = whole == columns ? column_panels.count() : whole / TileColumns<T>();
  for (int64_t k_begin = 0; k_begin < k; k_begin += kDeepSteps) {
    const int64_t k_end = std::min(k, k_begin + kDeepSteps), steps = k_end - k_begin;
    PackSteps(product.a, row, row_panels, 0, row_panels.count(), kDeepSteps, k_begin, k_end, a);
    for (int64_t i = 0; column == 0 && product.row_sums.sums != nullptr && i < row_panels.count();
         ++i) {
      kernels::MatMulRowSums<T> row_sums = product.row_sums;
      row_sums.accumulate = row_sums.accumulate || k_begin > 0;
      SumPanel(a + PackedOffset<T>(row_panels, i, kDeepSteps), row_panels.size(i), steps, row_sums,
               row + row_panels.start(i));
    }
    PackSteps(product.b, column, column_panels, packed_from, column_panels.count(), kDeepSteps,
              k_begin, k_end, b);
    // The next steps of both come while this block multiplies.
    Ahead<T> a_ahead(product.a, row, rows, k_end, std::min(k, k_end + kDeepSteps));
    Ahead<T> b_ahead(product.b, column, columns, k_end, std::min(k, k_end + kDeepSteps));
    T* tile = sums;
    for (int64_t j = 0; j < column_panels.count(); ++j) {
      const int64_t at_column = column + column_panels.start(j);
      for (int64_t i = 0; i < row_panels.count(); ++i, tile += kTileRows * TileColumns<T>()) {
        const TileOutput<T> out = {
            .start = k_begin == 0 ? nullptr : tile,
            .partial = k_end < k ? tile : nullptr,
            .c = product.c + (row + row_panels.start(i)) * product.ldc + at_column,
            .ldc = product.ldc,
            .bias = product.bias == nullptr ? nullptr : product.bias + at_column,
            .columns = column_panels.size(j),
            .accumulate = product.accumulate,
        };
        const bool packed = j >= packed_from;
        const TileInput<T> in = {
            .a = a + PackedOffset<T>(row_panels, i, kDeepSteps),
            .a_step = row_panels.size(i),
            .b = packed ? b + PackedOffset<T>(column_panels, j, kDeepSteps) -
                              PackedOffset<T>(column_panels, packed_from, kDeepSteps)
                        : product.b.data + k_begin * product.b.step + at_column,
            .b_step = packed ? column_panels.width(j) : product.b.step,
            .k = steps,
            .prefetch = b_ahead.done() ? a_ahead.Next(steps) : b_ahead.Next(steps)};
        RunTile<false>(row_panels.size(i), column_panels.width(j) / TileLanes<T>(), in, out);
      }
    }
  }
}

// One product by all workers.
template <class T>
HWY_INLINE void DeepProduct(const Product<T>& product, const MatMulPlan& plan, char* workspace) {
  const int64_t m = product.a.extent, n = product.b.extent;
  // Rows are shared out first: each worker then packs only its own, and a B that is read in place
  // comes whole rows at a time.
  const int64_t row_panels = RowPanels(m).count();
  const int64_t row_blocks =
      std::max(CeilDiv(m, kernels::kDeepRows), std::min<int64_t>(row_panels / 2, NumThreads()));
  const int64_t rows = CeilDiv(m, row_blocks);
  // At least a block for each thread, of whole panels where there are enough.
  const int64_t wanted = std::max(CeilDiv(n, kernels::kDeepColumns),
                                  CeilDiv(NumThreads(), row_blocks));
  const int64_t columns = CeilDiv(CeilDiv(n, wanted), TileColumns<T>()) * TileColumns<T>();
  const int64_t column_blocks = CeilDiv(n, columns);
  ParallelFor(row_blocks * column_blocks, [&](int64_t block, int worker) HWY_ATTR {
    const int64_t row = block / column_blocks * rows, column = block % column_blocks * columns;
    if (row >= m) return;
    DeepBlock(product, row, std::min(rows, m - row), column, std::min(columns, n - column),
              workspace + worker * plan.worker_bytes);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_DEEP_INL_H_
