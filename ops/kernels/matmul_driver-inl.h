// The loops around the tile: which operand is packed when, and who does what.
//
// A task is a block of C. One operand is resident: the block's part of it stays in the second-level
// cache, packed, or where it is if it is a row-major A. The other one streams: its panels are
// packed one or a few at a time, and each meets all panels of the resident one, whose tiles
// meanwhile ask for the memory of the next. Workers share nothing that is packed: what one core has
// just written costs the other more to fetch than to pack again, and nobody waits for anybody.
// Products whose k is cut have loops of their own, in matmul_deep-inl.h.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_ahead-inl.h"
#include "ops/kernels/matmul_deep-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// The operand that stays: packed, from its panel `origin` on, or null if it is read where it is.
template <class T>
struct Resident {
  const T* packed;
  int64_t origin;
  int64_t begin, end;  // panels
  bool first;          // not read before by this worker
};

// Panels [begin, end) of the streaming operand past those of the resident one. kStreamA: A is the
// one that streams, `at_once` of them packed together. scratch: that many packed panels.
template <bool kStreamA, class T, class StreamPanels, class ResidentPanels>
HWY_INLINE void Stream(const Product<T>& product, const StreamPanels& stream_panels, int64_t begin,
                       int64_t end, const ResidentPanels& resident_panels,
                       const Resident<T>& resident, bool sum_rows, int64_t at_once, T* scratch) {
  const Operand<T>& stream = kStreamA ? product.a : product.b;
  const Operand<T>& other = kStreamA ? product.b : product.a;
  const int64_t k = stream.k;
  Ahead<T> stream_ahead;
  const T* packed = scratch;
  for (int64_t stream_panel = begin; stream_panel < end; ++stream_panel) {
    const int64_t start = stream_panels.start(stream_panel);
    const int64_t next = stream_panels.start(stream_panel + 1);
    const int64_t size = next - start, width = stream_panels.width(stream_panel);
    if ((stream_panel - begin) % at_once == 0) {
      const int64_t packed_to = std::min(stream_panel + at_once, end);
      PackSteps(stream, 0, stream_panels, stream_panel, packed_to, k, 0, k, scratch);
      const int64_t ahead = stream_panels.start(packed_to);
      stream_ahead =
          Ahead<T>(stream, ahead, stream_panels.start(packed_to + at_once) - ahead, 0, k);
      packed = scratch - PackedOffset<T>(stream_panels, stream_panel, k);
    }
    const T* const of_stream = packed + PackedOffset<T>(stream_panels, stream_panel, k);
    if (kStreamA && sum_rows) SumPanel(of_stream, size, k, product.row_sums, start);
    for (int64_t panel = resident.begin; panel < resident.end; ++panel) {
      const int64_t at = resident_panels.start(panel), count = resident_panels.size(panel);
      const int64_t row = kStreamA ? start : at, column = kStreamA ? at : start;
      const int64_t rows = kStreamA ? size : count;
      const int64_t b_width = kStreamA ? resident_panels.width(panel) : width;
      const TileOutput<T> out = {
          .c = product.c + row * product.ldc + column,
          .ldc = product.ldc,
          .bias = product.bias == nullptr ? nullptr : product.bias + column,
          .columns = kStreamA ? count : size,
          .accumulate = product.accumulate,
      };
      // An operand without terms may have no memory: the other's stands for it, nothing is read.
      const T* of_resident =
          k == 0 ? of_stream : other.data + at * (other.k_contiguous ? other.step : 1);
      int64_t step = other.step;
      if (resident.packed != nullptr) {
        of_resident =
            resident.packed + PackedOffset<T>(resident_panels, panel, k) - resident.origin;
        step = resident_panels.width(panel);
      }
      TileInput<T> in = {.a = kStreamA ? of_stream : of_resident,
                         .a_step = kStreamA ? width : step,
                         .b = kStreamA ? of_resident : of_stream,
                         .b_step = kStreamA ? step : width,
                         .k = k};
      // The next of the resident panels, unless they have been here; the last ones leave time for
      // the streaming operand's.
      if (resident.first && resident.packed == nullptr && stream_panel == begin &&
          panel + 3 < resident.end) {
        in.prefetch =
            Ahead<T>(other, at + count, resident_panels.size(panel + 1), 0, k).Next(k);
      } else {
        in.prefetch = stream_ahead.Next(k);
      }
      if (!kStreamA && resident.packed == nullptr && other.k_contiguous) {
        RunTile<true>(rows, b_width / TileLanes<T>(), in, out);
      } else {
        RunTile<false>(rows, b_width / TileLanes<T>(), in, out);
      }
    }
  }
}

// Task `task` of a product; those of one resident block follow each other. memory: the calling
// worker's, that keeps the block packed from one task to the next; *held is its number, -1 at
// first.
template <bool kStreamA, class T, class StreamPanels, class ResidentPanels>
HWY_INLINE void RunTask(const Product<T>& product, const MatMulPlan& plan, int64_t task,
                        const StreamPanels& stream_panels, const ResidentPanels& resident_panels,
                        char* memory, int64_t* held) {
  const int64_t groups = plan.stream_groups, blocks = plan.resident_blocks;
  const int64_t block = task / groups, group = task % groups;
  Resident<T> resident = {.packed = nullptr,
                          .origin = 0,
                          .begin = block * resident_panels.count() / blocks,
                          .end = (block + 1) * resident_panels.count() / blocks,
                          .first = *held != block};
  // The sums of a row by who has the row first: of all columns or groups of columns.
  const bool sum_rows = product.row_sums.sums != nullptr && (kStreamA ? block : group) == 0;
  if (!plan.resident_in_place) {
    T* const packed = reinterpret_cast<T*>(memory + plan.stream_bytes);
    const Operand<T>& from = kStreamA ? product.b : product.a;
    resident.packed = packed;
    resident.origin = PackedOffset<T>(resident_panels, resident.begin, from.k);
    for (int64_t panel = resident.begin; panel < resident.end; ++panel) {
      const int64_t start = resident_panels.start(panel), size = resident_panels.size(panel);
      T* const to = packed + PackedOffset<T>(resident_panels, panel, from.k) - resident.origin;
      if (resident.first) {
        PackPanel(from, start, size, resident_panels.width(panel), 0, from.k, to);
      }
      if (!kStreamA && sum_rows) SumPanel(to, size, from.k, product.row_sums, start);
    }
  }
  *held = block;
  Stream<kStreamA>(product, stream_panels, group * stream_panels.count() / groups,
                   (group + 1) * stream_panels.count() / groups, resident_panels, resident,
                   sum_rows, plan.panels_at_once, reinterpret_cast<T*>(memory));
}

template <class T>
void RunMatMul(const kernels::MatMulShape& s, const T* a, const T* b, const T* bias, T* c,
               void* workspace, const kernels::MatMulRowSums<T>& row_sums) {
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
        .row_sums = row_sums,
        .c = c + outer * s.c_outer + inner * s.c_inner,
        .ldc = s.ldc != 0 ? s.ldc : s.n,
        .accumulate = s.accumulate};
  };
  char* const bytes = static_cast<char*>(workspace);
  const auto run_task = [&](int64_t index, int64_t task, char* memory, int64_t* held) HWY_ATTR {
    if (plan.stream_a) {
      RunTask<true>(product(index), plan, task, rows, columns, memory, held);
    } else {
      RunTask<false>(product(index), plan, task, columns, rows, memory, held);
    }
  };
  const int64_t products = s.outer_batch * s.inner_batch;
  const int64_t tasks = plan.resident_blocks * plan.stream_groups;
  if (plan.products_per_task > 0) {
    ParallelFor(CeilDiv(products, plan.products_per_task), [&](int64_t block, int worker) HWY_ATTR {
      const int64_t begin = block * plan.products_per_task;
      const int64_t end = std::min(products, begin + plan.products_per_task);
      for (int64_t i = begin; i < end; ++i) {
        int64_t held = -1;
        for (int64_t task = 0; task < tasks; ++task) {
          run_task(i, task, bytes + worker * plan.worker_bytes, &held);
        }
      }
    });
    return;
  }
  for (int64_t i = 0; i < products; ++i) {
    if (plan.deep) {
      DeepProduct(product(i), plan, bytes);
      continue;
    }
    // Which block a worker holds stands at the head of its memory.
    const auto memory = [&](int worker) { return bytes + worker * plan.worker_bytes; };
    const auto held = [&](int worker) { return reinterpret_cast<int64_t*>(memory(worker)); };
    for (int worker = 0; worker < plan.workers; ++worker) *held(worker) = -1;
    ParallelFor(tasks, [&](int64_t task, int worker) HWY_ATTR {
      run_task(i, task, memory(worker) + kernels::kMatMulHeadBytes, held(worker));
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_DRIVER_INL_H_
