// Panels: how operands of matrix products are cut and copied for the inner loop.
//
// Rows of A are cut into panels of 1 or an even number of rows, columns of B into panels of two
// vectors, the last one of one or two. A packed panel holds, for each k in order, its rows'
// (columns') numbers side by side. Lanes of B beyond its last column repeat that column; their
// sums are never stored.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_PACK_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_PACK_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_PACK_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// A's rows or B's columns, `extent` of them, with k terms each.
template <class T>
struct Operand {
  const T* data;
  int64_t step;       // elements between stored rows
  int64_t extent;
  int64_t k;
  bool k_contiguous;  // element (i, p) is data[i * step + p], else data[p * step + i]
};

// One product of a batch.
template <class T>
struct Product {
  Operand<T> a, b;
  const T* bias;
  kernels::MatMulRowSums<T> row_sums;
  T* c;
  int64_t ldc;
  bool accumulate;
};

// Cuts rows into panels as even in height as they can be: 72 rows are six panels of 12, not five
// of 14 and one of 2, which would be bound by latency. Many are an even number, so that two
// workers have equal shares.
class RowPanels {
 public:
  explicit RowPanels(int64_t rows) : rows_(rows), even_(CeilDiv(rows / 2, kTileRows / 2)) {
    if (even_ >= kMany) even_ += even_ % 2;
    count_ = even_ + rows % 2;
  }
  int64_t count() const { return count_; }
  int64_t start(int64_t panel) const {
    if (panel >= count_) return rows_;
    return panel == even_ ? rows_ - rows_ % 2 : 2 * (panel * (rows_ / 2) / even_);
  }
  int64_t size(int64_t panel) const { return start(panel + 1) - start(panel); }
  int64_t width(int64_t panel) const { return size(panel); }  // as packed

 private:
  static constexpr int64_t kMany = 16;
  int64_t rows_, even_, count_;
};

template <class T>
class ColumnPanels {
 public:
  explicit ColumnPanels(int64_t columns)
      : columns_(columns), count_(CeilDiv(columns, TileColumns<T>())) {}
  int64_t count() const { return count_; }
  int64_t start(int64_t panel) const { return std::min(panel * TileColumns<T>(), columns_); }
  int64_t size(int64_t panel) const { return start(panel + 1) - start(panel); }
  int64_t width(int64_t panel) const {
    return size(panel) > TileLanes<T>() ? TileColumns<T>() : TileLanes<T>();
  }

 private:
  int64_t columns_, count_;
};

// Start of a panel of `steps` steps among others. The gap takes what PackPanel writes beyond a
// panel, so that threads can pack neighbours at once.
template <class T, class Panels>
HWY_INLINE int64_t PackedOffset(const Panels& panels, int64_t panel, int64_t steps) {
  return panels.start(panel) * steps +
         panel * (kernels::kMatMulGapBytes / static_cast<int64_t>(sizeof(T)));
}

#if HWY_TARGET != HWY_SCALAR

// Four (two for float64) numbers of each of rows[0], rows[stride_of_blocks], ...: one block of 16
// bytes from each.
template <class D, class T>
HWY_INLINE hn::Vec<D> LoadBlocks(D d, const T* const* rows, ptrdiff_t p) {
  constexpr size_t kBlock = 16 / sizeof(T);
  if constexpr (hn::MaxLanes(D()) == kBlock) {
    return hn::LoadU(d, rows[0] + p);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, LoadBlocks(half, rows + hn::MaxLanes(D()) / 2, p),
                       LoadBlocks(half, rows, p));
  }
}

#endif  // HWY_TARGET != HWY_SCALAR

// to[p * stride + i] = rows[i][p] for i < lanes, p < k. Writes whole vectors in ascending order of
// p, so of stride < lanes the surplus is overwritten by the next step; after the last step up to
// lanes - 1 elements beyond it are garbage.
template <class D, class T>
HWY_INLINE void TransposeRows(D d, const T* const* rows, int64_t k, int64_t stride,
                              T* HWY_RESTRICT to) {
  constexpr int64_t kLanes = TileLanes<T>();
  int64_t p = 0;
#if HWY_TARGET != HWY_SCALAR
  if constexpr (sizeof(T) == 4) {
    for (; p + 4 <= k; p += 4, to += 4 * stride) {
      const auto r0 = LoadBlocks(d, rows, p), r1 = LoadBlocks(d, rows + 1, p);
      const auto r2 = LoadBlocks(d, rows + 2, p), r3 = LoadBlocks(d, rows + 3, p);
      const auto low02 = hn::InterleaveLower(d, r0, r2), low13 = hn::InterleaveLower(d, r1, r3);
      const auto up02 = hn::InterleaveUpper(d, r0, r2), up13 = hn::InterleaveUpper(d, r1, r3);
      hn::StoreU(hn::InterleaveLower(d, low02, low13), d, to);
      hn::StoreU(hn::InterleaveUpper(d, low02, low13), d, to + stride);
      hn::StoreU(hn::InterleaveLower(d, up02, up13), d, to + 2 * stride);
      hn::StoreU(hn::InterleaveUpper(d, up02, up13), d, to + 3 * stride);
    }
  } else {
    for (; p + 2 <= k; p += 2, to += 2 * stride) {
      const auto r0 = LoadBlocks(d, rows, p), r1 = LoadBlocks(d, rows + 1, p);
      hn::StoreU(hn::InterleaveLower(d, r0, r1), d, to);
      hn::StoreU(hn::InterleaveUpper(d, r0, r1), d, to + stride);
    }
  }
#endif
  for (; p < k; ++p, to += stride) {
    for (int64_t i = 0; i < kLanes; ++i) to[i] = rows[i][p];
  }
}

// Packs terms [k_begin, k_end) of rows (columns) [first, first + count) into `to`, `width` numbers
// a step. May write up to a vector beyond the panel's end.
template <class T>
HWY_NOINLINE void PackPanel(const Operand<T>& from, int64_t first, int64_t count, int64_t width,
                            int64_t k_begin, int64_t k_end, T* HWY_RESTRICT to) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kLanes = TileLanes<T>();
  const int64_t k = k_end - k_begin;
  if (k == 0) return;  // there may be no memory, beyond whose beginning no pointer may point
  if (from.k_contiguous) {
    // Last to first: the last group's surplus falls on the next step's first numbers, which the
    // first group then writes.
    for (int64_t group = (width - 1) / kLanes * kLanes; group >= 0; group -= kLanes) {
      const T* rows[kLanes];
      for (int64_t i = 0; i < kLanes; ++i) {
        const int64_t row = first + std::min(group + i, count - 1);
        rows[i] = from.data + row * from.step + k_begin;
      }
      TransposeRows(d, rows, k, width, to + group);
    }
    return;
  }
  // Whole vectors while they stay inside the operand.
  const int64_t vectors = CeilDiv(width, kLanes);
  const int64_t end = (from.k - 1) * from.step + from.extent;
  const T* source = from.data + k_begin * from.step + first;
  const int64_t room = end - first - vectors * kLanes;  // >= p * step: step p can be read whole
  int64_t p = k_begin;
  if (room >= 0) {
    const int64_t whole = std::min(k_end, room / from.step + 1);
    for (; p < whole; ++p, source += from.step, to += width) {
      for (int64_t v = 0; v < vectors; ++v) {
        hn::StoreU(hn::LoadU(d, source + v * kLanes), d, to + v * kLanes);
      }
    }
  }
  for (; p < k_end; ++p, source += from.step, to += width) {
    for (int64_t i = 0; i < width; ++i) to[i] = source[std::min(i, count - 1)];
  }
}

// Packs steps [k_begin, k_end) of panels [begin, end) of rows (columns) [first, ...), which
// `panels` cuts, to `to` and behind it, with room for `steps` each. Of a matrix that is read across
// a few rows are taken at a time for all panels, so that memory is read in its order.
template <class T, class Panels>
HWY_INLINE void PackSteps(const Operand<T>& from, int64_t first, const Panels& panels,
                          int64_t begin, int64_t end, int64_t steps, int64_t k_begin,
                          int64_t k_end, T* to) {
  const int64_t at_once = from.k_contiguous ? k_end - k_begin : 16;
  for (int64_t k = k_begin; k < k_end; k += at_once) {
    for (int64_t panel = begin; panel < end; ++panel) {
      const int64_t width = panels.width(panel);
      PackPanel(from, first + panels.start(panel), panels.size(panel), width, k,
                std::min(k_end, k + at_once),
                to + PackedOffset<T>(panels, panel, steps) - PackedOffset<T>(panels, begin, steps) +
                    (k - k_begin) * width);
    }
  }
}

// sums[first + i] (+)= the sum of row i's k terms in a packed panel of A. Reads up to a vector
// beyond its end.
template <class T>
HWY_NOINLINE void SumPanel(const T* panel, int64_t rows, int64_t k,
                           const kernels::MatMulRowSums<T>& row_sums, int64_t first) {
  constexpr int64_t kTerms = 32, kChains = 4;
  const hn::ScalableTag<T> d;
  constexpr int64_t kLanes = TileLanes<T>();
  for (int64_t at = 0; at < rows; at += kLanes) {
    const int64_t count = std::min(kLanes, rows - at);
    double total[kLanes] = {};
    for (int64_t begin = 0; begin < k; begin += kTerms) {
      const int64_t end = std::min(k, begin + kTerms);
      hn::Vec<decltype(d)> sums[kChains];
      for (auto& sum : sums) sum = hn::Zero(d);
      int64_t p = begin;
      for (; p + kChains <= end; p += kChains) {
        for (int64_t c = 0; c < kChains; ++c) {
          sums[c] = hn::Add(sums[c], hn::LoadU(d, panel + (p + c) * rows + at));
        }
      }
      for (; p < end; ++p) sums[0] = hn::Add(sums[0], hn::LoadU(d, panel + p * rows + at));
      HWY_ALIGN T some[kLanes];
      hn::Store(hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3])), d, some);
      for (int64_t i = 0; i < count; ++i) total[i] += static_cast<double>(some[i]);
    }
    T* const to = row_sums.sums + first + at;
    for (int64_t i = 0; i < count; ++i) {
      to[i] = (row_sums.accumulate ? to[i] : T(0)) + static_cast<T>(total[i]);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_PACK_INL_H_
