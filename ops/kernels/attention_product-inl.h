// Products of a head's matrices, by one worker: [m, k] times [k, n], all of them small enough for
// the cache, with few terms. And those of a recurrent network's states.
//
// The tiles of matmul_tile-inl.h are for large products: they ask for what comes next, and their
// sums can go on where others stopped. With 48 or 64 terms that costs a tenth. Here a tile is up
// to four vectors wide, so that heads of 48 or 64 columns are one panel, and has one height for
// each width: rows that a matrix lacks at its end are computed and dropped.
#if defined(HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#undef HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "hwy/highway.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/prefetch.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
// Of 32 registers 24 are sums, up to four hold b, one a.
constexpr int64_t kPanelVectors = 4;
constexpr int64_t HeadTileRows(int64_t vectors) { return vectors == 4 ? 6 : 8; }
#else
// Of 16 registers 12.
constexpr int64_t kPanelVectors = 3;
constexpr int64_t HeadTileRows(int64_t vectors) { return vectors == 1 ? 8 : 12 / vectors; }
#endif

template <class T>
constexpr int64_t VectorsOf(int64_t columns) {
  return CeilDiv(columns, TileLanes<T>());
}

// Cuts columns into panels of up to `most` vectors, of widths as equal as can be.
template <class T>
class HeadPanels {
 public:
  explicit HeadPanels(int64_t columns, int64_t most = kPanelVectors)
      : columns_(columns),
        vectors_(VectorsOf<T>(columns)),
        count_(CeilDiv(vectors_, most)) {}
  int64_t count() const { return count_; }
  int64_t vectors(int64_t panel) const { return first(panel + 1) - first(panel); }
  int64_t start(int64_t panel) const { return first(panel) * TileLanes<T>(); }
  // Without those that only fill the last vector.
  int64_t size(int64_t panel) const {
    return std::min(columns_ - start(panel), vectors(panel) * TileLanes<T>());
  }

 private:
  int64_t first(int64_t panel) const { return panel * vectors_ / count_; }
  int64_t columns_, vectors_, count_;
};

// The right side of products, [depth, n]: panels of columns, or as it is in memory.
template <class T>
struct PanelColumns {
  const T* data;
  int64_t step;  // between rows of memory; 0: packed
  int64_t depth;
  int64_t n;
  int64_t most;  // vectors of a panel
};

template <class T>
struct HeadTile {
  const T* a;
  ptrdiff_t a_step;
  int64_t rows;  // of a and c, at most HeadTileRows
  const T* b;
  ptrdiff_t b_step;
  int64_t k;
  T* c;
  int64_t ldc;
  int64_t columns;  // of c
  bool accumulate;
  bool in_cache;  // c is
};

// acc[kRow, :] += a * b
template <size_t kRow, int NV, class D, class V>
HWY_INLINE void AddRow(D d, hn::TFromD<D> a, const V* HWY_RESTRICT b, V* HWY_RESTRICT acc) {
  const V spread = hn::Set(d, a);
  for (int v = 0; v < NV; ++v) acc[kRow * NV + v] = hn::MulAdd(spread, b[v], acc[kRow * NV + v]);
}

// Rows I... of a are at a + i a_step, or if not kARows, at a + i with terms a_step apart.
template <int NV, bool kARows, class T, size_t... I>
HWY_NOINLINE void RunHeadTile(const HeadTile<T>& tile, std::index_sequence<I...>) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  constexpr int64_t R = sizeof...(I);
  if (!tile.in_cache) {
#pragma GCC unroll 32
    for (int i = 0; i < R * NV; ++i) {
      PrefetchForWrite(tile.c + i / NV * tile.ldc + i % NV * kLanes);
    }
  }
  V acc[R * NV];
#pragma GCC unroll 32
  for (int i = 0; i < R * NV; ++i) acc[i] = hn::Zero(d);
  const T* const a = tile.a;
  const T* b = tile.b;
  const ptrdiff_t last = tile.rows - 1;
  [[maybe_unused]] const T* const rows[] = {a + std::min<ptrdiff_t>(I, last) * tile.a_step...};
  for (int64_t p = 0; p < tile.k; ++p, b += tile.b_step) {
    V bv[NV];
    for (int v = 0; v < NV; ++v) bv[v] = hn::LoadU(d, b + v * kLanes);
    if constexpr (kARows) {
      (AddRow<I, NV>(d, rows[I][p], bv, acc), ...);
    } else {
      (AddRow<I, NV>(d, a[p * tile.a_step + I], bv, acc), ...);
    }
  }
  if (tile.rows == R && tile.columns == NV * kLanes) {
    if (tile.accumulate) {
#pragma GCC unroll 32
      for (int i = 0; i < R * NV; ++i) {
        acc[i] = hn::Add(hn::LoadU(d, tile.c + i / NV * tile.ldc + i % NV * kLanes), acc[i]);
      }
    }
#pragma GCC unroll 32
    for (int i = 0; i < R * NV; ++i) {
      hn::StoreU(acc[i], d, tile.c + i / NV * tile.ldc + i % NV * kLanes);
    }
    return;
  }
  HWY_ALIGN T sums[R * NV * kLanes];
#pragma GCC unroll 32
  for (int i = 0; i < R * NV; ++i) hn::Store(acc[i], d, sums + i * kLanes);
  for (int64_t i = 0; i < tile.rows; ++i) {
    T* const c = tile.c + i * tile.ldc;
    const T* const sum = sums + i * NV * kLanes;
    for (int64_t j = 0; j < tile.columns; ++j) c[j] = tile.accumulate ? c[j] + sum[j] : sum[j];
  }
}

// All rows of one panel of NV vectors.
template <int NV, bool kARows, class T>
HWY_INLINE void RunPanel(int64_t m, HeadTile<T> tile) {
  constexpr int64_t kRows = HeadTileRows(NV);
  for (int64_t i = 0; i < m; i += kRows) {
    tile.rows = std::min(kRows, m - i);
    RunHeadTile<NV, kARows>(tile, std::make_index_sequence<kRows>());
    tile.a += kRows * (kARows ? tile.a_step : 1);
    tile.c += kRows * tile.ldc;
  }
}

// c[m, n] (=|+=) a b with the first k <= b.depth rows and n <= b.n columns of b: the same bits as
// in the product of all columns. kARows: a is [m, k] with rows a_step apart; else [k, m], which is
// read up to 7 numbers beyond its last. whole_panels: c has room for whole vectors, and those up
// to column n are written.
template <bool kARows, class T>
HWY_INLINE void PanelProduct(int64_t m, int64_t k, int64_t n, const T* a, int64_t a_step,
                             const PanelColumns<T>& b, bool accumulate, bool whole_panels, T* c,
                             int64_t ldc) {
  const HeadPanels<T> panels(b.n, b.most);
  for (int64_t j = 0; j < panels.count() && panels.start(j) < n; ++j) {
    const int64_t column = panels.start(j);
    const int64_t vectors = std::min(panels.vectors(j), VectorsOf<T>(n - column));
    const int64_t width = vectors * TileLanes<T>();
    const HeadTile<T> tile = {.a = a,
                              .a_step = a_step,
                              .rows = 0,
                              .b = b.data + (b.step == 0 ? column * b.depth : column),
                              .b_step = b.step == 0 ? panels.vectors(j) * TileLanes<T>() : b.step,
                              .k = k,
                              .c = c + column,
                              .ldc = ldc,
                              .columns = whole_panels ? width : std::min(n - column, width),
                              .accumulate = accumulate,
                              .in_cache = whole_panels};
    if (vectors == 1) RunPanel<1, kARows>(m, tile);
    if (vectors == 2) RunPanel<2, kARows>(m, tile);
    if (vectors == 3) RunPanel<3, kARows>(m, tile);
    if constexpr (kPanelVectors == 4) {
      if (vectors == 4) RunPanel<4, kARows>(m, tile);
    }
  }
}

// Makes columns ready. Rows of whole vectors stay where they are, if few of them share a cache set;
// others are packed into `to`.
template <class T>
HWY_INLINE PanelColumns<T> PackColumns(const Operand<T>& from, T* to,
                                       int64_t most = kPanelVectors) {
  if (!from.k_contiguous && from.extent % TileLanes<T>() == 0 &&
      from.step * static_cast<int64_t>(sizeof(T)) % 1024 != 0) {
    return {from.data, from.step, from.k, from.extent, most};
  }
  const HeadPanels<T> panels(from.extent, most);
  for (int64_t j = 0; j < panels.count(); ++j) {
    PackPanel(from, panels.start(j), panels.size(j), panels.vectors(j) * TileLanes<T>(), 0, from.k,
              to + panels.start(j) * from.k);
  }
  return {to, 0, from.k, from.extent, most};
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_PRODUCT_INL_H_
