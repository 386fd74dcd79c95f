// Products with many terms (k beyond kMatMulDepth): panels of all of k would leave the cache.
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
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::kDeepSteps;
using kernels::MatMulPlan;

// Packs steps [k_begin, k_end) of rows (columns) [first, ...), which `panels` cuts. Rows of a
// matrix that is read across are taken a few at a time for all panels, so that memory is read in
// its order.
template <class T, class Panels>
HWY_INLINE void PackSteps(const Operand<T>& from, int64_t first, const Panels& panels,
                          int64_t k_begin, int64_t k_end, T* to) {
  const int64_t at_once = from.k_contiguous ? k_end - k_begin : 16;
  for (int64_t k = k_begin; k < k_end; k += at_once) {
    for (int64_t panel = 0; panel < panels.count(); ++panel) {
      const int64_t width = panels.width(panel);
      PackPanel(from, first + panels.start(panel), panels.size(panel), width, k,
                std::min(k_end, k + at_once),
                to + PackedOffset<T>(panels, panel, kDeepSteps) + (k - k_begin) * width);
    }
  }
}

// Block [row, row + rows) x [column, column + columns) of one product.
template <class T>
void DeepBlock(const Product<T>& product, int64_t row, int64_t rows, int64_t column,
               int64_t columns, char* scratch) {
  const RowPanels row_panels(rows);
  const ColumnPanels<T> column_panels(columns);
  const kernels::DeepScratch plan = kernels::PlanDeepBlock(rows, columns, sizeof(T));
  T* const a = reinterpret_cast<T*>(scratch);
  T* const b = reinterpret_cast<T*>(scratch + plan.a_bytes);
  T* const sums = reinterpret_cast<T*>(scratch + plan.a_bytes + plan.b_bytes);
  const int64_t k = product.a.k;
  for (int64_t k_begin = 0; k_begin < k; k_begin += kDeepSteps) {
    const int64_t k_end = std::min(k, k_begin + kDeepSteps);
    PackSteps(product.a, row, row_panels, k_begin, k_end, a);
    PackSteps(product.b, column, column_panels, k_begin, k_end, b);
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
        RunTile<false>(row_panels.size(i), column_panels.width(j),
                       a + PackedOffset<T>(row_panels, i, kDeepSteps), row_panels.size(i),
                       b + PackedOffset<T>(column_panels, j, kDeepSteps), k_end - k_begin, out);
      }
    }
  }
}

// One product by all workers.
template <class T>
HWY_INLINE void DeepProduct(const Product<T>& product, const MatMulPlan& plan, char* workspace) {
  const int64_t m = product.a.extent, n = product.b.extent;
  const int64_t row_blocks = CeilDiv(m, kernels::kDeepRows);
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
