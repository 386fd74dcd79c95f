// Products of a head's matrices, by one worker.
#if defined(HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#undef HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// The right side of a product, [k, n]: panels of columns, or as it is in memory.
template <class T>
struct PanelColumns {
  const T* data;
  int64_t step;  // between rows of memory; 0: packed

  TileInput<T> Panel(int64_t column, int64_t width, int64_t k) const {
    return {.b = data + (step == 0 ? column * k : column),
            .b_step = step == 0 ? width : step,
            .k = k};
  }
};

// c[m, n] (=|+=) a b: a by rows or by steps (see RunTile), b of n columns with k steps.
// whole_panels: c has room for the last panel's width, and all of it is written.
template <bool kARows, class T>
HWY_INLINE void PanelProduct(int64_t m, int64_t k, int64_t n, const T* a, int64_t a_step,
                             const PanelColumns<T>& b, bool accumulate, bool whole_panels, T* c,
                             int64_t ldc) {
  const RowPanels rows(m);
  const ColumnPanels<T> columns(n);
  for (int64_t j = 0; j < columns.count(); ++j) {
    const int64_t column = columns.start(j), width = columns.width(j);
    TileInput<T> in = b.Panel(column, width, k);
    in.a_step = a_step;
    for (int64_t i = 0; i < rows.count(); ++i) {
      const int64_t row = rows.start(i);
      const TileOutput<T> out = {.c = c + row * ldc + column,
                                 .ldc = ldc,
                                 .columns = whole_panels ? width : columns.size(j),
                                 .accumulate = accumulate};
      in.a = a + row * (kARows ? a_step : 1);
      RunTile<kARows>(rows.size(i), width / TileLanes<T>(), in, out);
    }
  }
}

// Makes columns ready. Rows of whole vectors stay where they are, if few of them share a cache set;
// others are packed into `to`.
template <class T>
HWY_INLINE PanelColumns<T> PackColumns(const Operand<T>& from, T* to) {
  if (!from.k_contiguous && from.extent % TileLanes<T>() == 0 &&
      from.step * static_cast<int64_t>(sizeof(T)) % 1024 != 0) {
    return {from.data, from.step};
  }
  const ColumnPanels<T> panels(from.extent);
  for (int64_t j = 0; j < panels.count(); ++j) {
    PackPanel(from, panels.start(j), panels.size(j), panels.width(j), 0, from.k,
              to + panels.start(j) * from.k);
  }
  return {to, 0};
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
