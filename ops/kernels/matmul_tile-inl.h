// The inner loop of matrix products: a tile of C that stays in registers while k runs.
//
// A tile is R rows times NV vectors: C[i, j] for i < R, j < NV * Lanes(d). Per step of k it loads
// NV vectors of B's packed panel, spreads R numbers of A and does R * NV multiply-adds; the more
// of them a load serves, the less the loop waits for memory. 14 x 2 fills the 32 registers of
// AVX-512 (28 sums, 2 of B, 1 of A), 6 x 2 the 16 of AVX2 and SSE4.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <utility>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
constexpr int64_t kTileRows = 14;
#else
constexpr int64_t kTileRows = 6;
#endif

template <class T>
constexpr int64_t TileLanes() {
  return static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<T>()));
}
// Columns of a full tile.
template <class T>
constexpr int64_t TileColumns() {
  return 2 * TileLanes<T>();
}

// Where a tile's chain starts and where its sums go.
template <class T>
struct TileOutput {
  const T* start = nullptr;  // [R, NV * lanes] sums of the terms before, null for 0
  T* partial = nullptr;      // if set, the sums go here, [R, NV * lanes], and c is left alone
  T* c = nullptr;
  int64_t ldc = 0;
  const T* bias = nullptr;  // of the tile's first column, or null
  int64_t columns = 0;      // valid ones, at most NV * lanes
  bool accumulate = false;
};

// acc[kRow, :] += a * b
template <size_t kRow, int NV, class D, class V>
HWY_INLINE void MulAddRow(D d, hn::TFromD<D> a, const V* HWY_RESTRICT b, V* HWY_RESTRICT acc) {
  const V spread = hn::Set(d, a);
  acc[kRow * NV] = hn::MulAdd(spread, b[0], acc[kRow * NV]);
  if constexpr (NV == 2) acc[kRow * NV + 1] = hn::MulAdd(spread, b[1], acc[kRow * NV + 1]);
}

// Terms [0, k) of the tile's sums. Two layouts of A's R rows:
//   kARows: row i is a[i * a_step ...], k contiguous (an unpacked row-major operand);
//   else:   step p is a[p * a_step ...], R contiguous (a packed panel, or a transposed operand).
// b is packed: NV vectors a step, unaligned allowed.
template <bool kARows, int NV, class D, class V, size_t... I>
HWY_INLINE void TileSums(D d, const hn::TFromD<D>* HWY_RESTRICT a, ptrdiff_t a_step,
                         const hn::TFromD<D>* HWY_RESTRICT b, int64_t k, V* HWY_RESTRICT acc,
                         std::index_sequence<I...>) {
  constexpr ptrdiff_t kLanes = TileLanes<hn::TFromD<D>>();
  // One pointer for three rows: base, base + step, base + 2 step are addressing modes of x86.
  [[maybe_unused]] const hn::TFromD<D>* base[(sizeof...(I) + 2) / 3];
  if constexpr (kARows) ((I % 3 == 0 ? void(base[I / 3] = a + I * a_step) : void()), ...);
  for (int64_t p = 0; p < k; ++p) {
    V bv[NV];
    bv[0] = hn::LoadU(d, b);
    if constexpr (NV == 2) bv[1] = hn::LoadU(d, b + kLanes);
    b += NV * kLanes;
    if constexpr (kARows) {
      (MulAddRow<I, NV>(d, base[I / 3][(I % 3) * a_step], bv, acc), ...);
      ((I % 3 == 0 ? void(++base[I / 3]) : void()), ...);
    } else {
      (MulAddRow<I, NV>(d, a[I], bv, acc), ...);
      a += a_step;
    }
  }
}

// Writes one row's vectors, or its valid part by way of memory of its own, so that nothing
// beyond column `columns` is read or written; the additions are the same ones.
template <int NV, class D, class V>
HWY_INLINE void StoreTileRow(D d, const TileOutput<hn::TFromD<D>>& out, int64_t row,
                             const V* HWY_RESTRICT sums) {
  using T = hn::TFromD<D>;
  constexpr int64_t kLanes = TileLanes<T>();
  if (out.partial != nullptr) {
    T* HWY_RESTRICT to = out.partial + row * NV * kLanes;
    for (int v = 0; v < NV; ++v) hn::StoreU(sums[v], d, to + v * kLanes);
    return;
  }
  T* HWY_RESTRICT c = out.c + row * out.ldc;
  if (out.columns == NV * kLanes) {
    for (int v = 0; v < NV; ++v) {
      V value = sums[v];
      if (out.accumulate) value = hn::Add(hn::LoadU(d, c + v * kLanes), value);
      if (out.bias != nullptr) value = hn::Add(value, hn::LoadU(d, out.bias + v * kLanes));
      hn::StoreU(value, d, c + v * kLanes);
    }
    return;
  }
  HWY_ALIGN T values[NV * kLanes];
  for (int v = 0; v < NV; ++v) hn::Store(sums[v], d, values + v * kLanes);
  for (int64_t j = 0; j < out.columns; ++j) {
    T value = values[j];
    if (out.accumulate) value = c[j] + value;
    if (out.bias != nullptr) value = value + out.bias[j];
    c[j] = value;
  }
}

template <int R, int NV, bool kARows, class T>
HWY_NOINLINE void Tile(const T* a, ptrdiff_t a_step, const T* b, int64_t k,
                       const TileOutput<T>& out) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  V acc[R * NV];
  if (out.start == nullptr) {
#pragma GCC unroll 32
    for (int i = 0; i < R * NV; ++i) acc[i] = hn::Zero(d);
  } else {
#pragma GCC unroll 32
    for (int i = 0; i < R * NV; ++i) acc[i] = hn::LoadU(d, out.start + i * kLanes);
  }
  TileSums<kARows, NV>(d, a, a_step, b, k, acc, std::make_index_sequence<R>());
#pragma GCC unroll 16
  for (int i = 0; i < R; ++i) StoreTileRow<NV>(d, out, i, acc + i * NV);
}

// Tile for a number of rows known at run time: 1 or even, at most kTileRows.
template <int NV, bool kARows, class T>
HWY_INLINE void RunTile(int64_t rows, const T* a, ptrdiff_t a_step, const T* b, int64_t k,
                        const TileOutput<T>& out) {
  switch (rows) {
    case 1: return Tile<1, NV, kARows>(a, a_step, b, k, out);
    case 2: return Tile<2, NV, kARows>(a, a_step, b, k, out);
    case 4: return Tile<4, NV, kARows>(a, a_step, b, k, out);
    case 6: return Tile<6, NV, kARows>(a, a_step, b, k, out);
  }
  if constexpr (kTileRows > 6) {
    switch (rows) {
      case 8: return Tile<8, NV, kARows>(a, a_step, b, k, out);
      case 10: return Tile<10, NV, kARows>(a, a_step, b, k, out);
      case 12: return Tile<12, NV, kARows>(a, a_step, b, k, out);
      case 14: return Tile<14, NV, kARows>(a, a_step, b, k, out);
    }
  }
}

// The same for a panel of B that is one vector wide or two.
template <bool kARows, class T>
HWY_INLINE void RunTile(int64_t rows, int64_t panel_width, const T* a, ptrdiff_t a_step,
                        const T* b, int64_t k, const TileOutput<T>& out) {
  if (panel_width == TileLanes<T>()) {
    RunTile<1, kARows>(rows, a, a_step, b, k, out);
  } else {
    RunTile<2, kARows>(rows, a, a_step, b, k, out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_
