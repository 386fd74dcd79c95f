// The loops around the tile: which operand is packed when, and who does what.
//
// The smaller operand is resident: it is packed once, whole. The other one streams: its panels are
// packed one at a time into scratch of the worker, and each meets all panels of the resident one.
// Products with very many terms have loops of their own, in matmul_deep-inl.h.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_deep-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

template <class T, class Panels>
HWY_INLINE void PackResident(const Operand<T>& from, const Panels& panels, int64_t panel, T* to) {
  PackPanel(from, panels.start(panel), panels.size(panel), panels.width(panel), 0, from.k,
            to + PackedOffset<T>(panels, panel, from.k));
}

// Streams one panel past resident panels [begin, end). kStreamA: the streaming operand is A.
// scratch: one packed panel.
template <bool kStreamA, class T, class StreamPanels, class ResidentPanels>
HWY_INLINE void StreamPanel(const Product<T>& product, const StreamPanels& stream_panels,
                            int64_t stream_panel, const ResidentPanels& resident_panels,
                            int64_t begin, int64_t end, const T* resident, T* scratch) {
  const Operand<T>& stream = kStreamA ? product.a : product.b;
  const int64_t k = stream.k;
  const int64_t start = stream_panels.start(stream_panel), size = stream_panels.size(stream_panel);
  const int64_t width = stream_panels.width(stream_panel);
  // Rows of a row-major A can be read where they are, if few of them share a cache set.
  const bool in_place = kStreamA && stream.k_contiguous &&
                        (stream.step * static_cast<int64_t>(sizeof(T))) % 1024 != 0;
  if (!in_place) PackPanel(stream, start, size, width, 0, k, scratch);
  for (int64_t panel = begin; panel < end; ++panel) {
    const T* const packed = resident + PackedOffset<T>(resident_panels, panel, k);
    const int64_t row = kStreamA ? start : resident_panels.start(panel);
    const int64_t rows = kStreamA ? size : resident_panels.size(panel);
    const int64_t column = kStreamA ? resident_panels.start(panel) : start;
    const int64_t b_width = kStreamA ? resident_panels.width(panel) : width;
    const TileOutput<T> out = {
        .c = product.c + row * product.ldc + column,
        .ldc = product.ldc,
        .bias = product.bias == nullptr ? nullptr : product.bias + column,
        .columns = kStreamA ? resident_panels.size(panel) : size,
        .accumulate = product.accumulate,
    };
    if (in_place) {
      RunTile<true>(rows, b_width, stream.data + row * stream.step, stream.step, packed, k, out);
    } else {
      RunTile<false>(rows, b_width, kStreamA ? scratch : packed, rows, kStreamA ? packed : scratch,
                     k, out);
    }
  }
}

// One product by all workers. workspace: the resident operand, then scratch for each worker.
template <bool kStreamA, class T, class StreamPanels, class ResidentPanels>
HWY_INLINE void ProductByAll(const Product<T>& product, const MatMulPlan& plan,
                             const StreamPanels& stream_panels,
                             const ResidentPanels& resident_panels, char* workspace) {
  const Operand<T>& from = kStreamA ? product.b : product.a;
  T* const resident = reinterpret_cast<T*>(workspace);
  char* const scratch = workspace + plan.resident_bytes;
  const int64_t panels = resident_panels.count();
  ParallelFor(panels, [&](int64_t panel, int) HWY_ATTR {
    PackResident(from, resident_panels, panel, resident);
  });
  // Few streaming panels are shared out by parts of the resident operand too.
  const int64_t wanted = 4 * NumThreads();
  const int64_t parts =
      std::clamp(CeilDiv(wanted, stream_panels.count()), int64_t{1}, panels);
  ParallelFor(stream_panels.count() * parts, [&](int64_t block, int worker) HWY_ATTR {
    const int64_t stream_panel = block / parts, part = block % parts;
    StreamPanel<kStreamA>(product, stream_panels, stream_panel, resident_panels,
                          part * panels / parts, (part + 1) * panels / parts, resident,
                          reinterpret_cast<T*>(scratch + worker * plan.worker_bytes));
  });
}

// One product by the calling worker alone. workspace: resident operand, then its scratch.
template <bool kStreamA, class T, class StreamPanels, class ResidentPanels>
HWY_INLINE void ProductAlone(const Product<T>& product, const MatMulPlan& plan,
                             const StreamPanels& stream_panels,
                             const ResidentPanels& resident_panels, char* workspace) {
  const Operand<T>& from = kStreamA ? product.b : product.a;
  T* const resident = reinterpret_cast<T*>(workspace);
  for (int64_t panel = 0; panel < resident_panels.count(); ++panel) {
    PackResident(from, resident_panels, panel, resident);
  }
  T* const scratch = reinterpret_cast<T*>(workspace + plan.resident_bytes);
  for (int64_t panel = 0; panel < stream_panels.count(); ++panel) {
    StreamPanel<kStreamA>(product, stream_panels, panel, resident_panels, 0,
                          resident_panels.count(), resident, scratch);
  }
}

template <class T>
void RunMatMul(const kernels::MatMulShape& s, const T* a, const T* b, const T* bias, T* c,
               void* workspace) {
  if (s.m == 0 || s.n == 0 || s.outer_batch == 0 || s.inner_batch == 0) return;
  const MatMulPlan plan = kernels::PlanMatMul(s, sizeof(T));
  const RowPanels rows(s.m);
  const ColumnPanels<T> columns(s.n);
  const auto product = [&](int64_t index) {
    const int64_t outer = index / s.inner_batch, inner = index % s.inner_batch;
    return Product<T>{
        .a = {.data = a + outer * s.a_outer + inner * s.a_inner,
              .step = s.lda != 0 ? s.lda : (s.transpose_a ? s.m : s.k),
              .extent = s.m,
              .k = s.k,
              .k_contiguous = !s.transpose_a},
        .b = {.data = b + outer * s.b_outer + inner * s.b_inner,
              .step = s.ldb != 0 ? s.ldb : (s.transpose_b ? s.k : s.n),
              .extent = s.n,
              .k = s.k,
              .k_contiguous = s.transpose_b},
        .bias = bias,
        .c = c + outer * s.c_outer + inner * s.c_inner,
        .ldc = s.ldc != 0 ? s.ldc : s.n,
        .accumulate = s.accumulate};
  };
  char* const bytes = static_cast<char*>(workspace);
  const int64_t products = s.outer_batch * s.inner_batch;
  if (!plan.one_worker_each) {
    for (int64_t i = 0; i < products; ++i) {
      if (plan.deep) {
        DeepProduct(product(i), plan, bytes);
      } else if (plan.stream_a) {
        ProductByAll<true>(product(i), plan, rows, columns, bytes);
      } else {
        ProductByAll<false>(product(i), plan, columns, rows, bytes);
      }
    }
    return;
  }
  ParallelFor(CeilDiv(products, plan.products_per_block), [&](int64_t block, int worker) HWY_ATTR {
    const int64_t slot = products == 1 ? 0 : worker;
    char* const mine = bytes + slot * (plan.resident_bytes + plan.worker_bytes);
    const int64_t begin = block * plan.products_per_block;
    const int64_t end = std::min(products, begin + plan.products_per_block);
    for (int64_t i = begin; i < end; ++i) {
      if (plan.stream_a) {
        ProductAlone<true>(product(i), plan, rows, columns, mine);
      } else {
        ProductAlone<false>(product(i), plan, columns, rows, mine);
      }
    }
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
