// The inner loop of convolutions whose numbers are read where they are in a frame: a tile of sums
// that stays in registers, as in matmul_tile-inl.h, whose rows are spread numbers of the frame at
// offsets that a table gives for each term.
#if defined(HAIRPIN_OPS_KERNELS_CONV2D_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CONV2D_TILE_INL_H_
#undef HAIRPIN_OPS_KERNELS_CONV2D_TILE_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CONV2D_TILE_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <utility>

#include "hwy/highway.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// sums[i, :] = start[:] or sums[i, :], + sum over p < k of a[offsets[p] + i row_step] b[p, :],
// in the order of p. b, sums and start are whole vectors wide: `vectors`, one or two.
template <class T>
struct FrameTile {
  const T* a = nullptr;
  const int64_t* offsets = nullptr;
  int64_t row_step = 1;
  const T* b = nullptr;
  int64_t k = 0;
  const T* start = nullptr;  // null: from 0
  bool accumulate = false;   // adds the sums to what `sums` holds
  T* sums = nullptr;
  int64_t ld = 0;            // between rows of sums
};

template <int R, int NV, class T, size_t... I>
HWY_NOINLINE void RunFrameTileOf(const FrameTile<T>& tile, std::index_sequence<I...>) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  V acc[R * NV];
#pragma GCC unroll 32
  for (int i = 0; i < R * NV; ++i) {
    acc[i] = tile.start == nullptr ? hn::Zero(d) : hn::LoadU(d, tile.start + i % NV * kLanes);
  }
  const T* HWY_RESTRICT b = tile.b;
  const ptrdiff_t step = tile.row_step;
  for (int64_t p = 0; p < tile.k; ++p, b += NV * kLanes) {
    V bv[NV];
    for (int v = 0; v < NV; ++v) bv[v] = hn::LoadU(d, b + v * kLanes);
    // One pointer for three rows: base, base + step, base + 2 step are addressing modes of x86.
    const T* base[(R + 2) / 3];
    base[0] = tile.a + tile.offsets[p];
#pragma GCC unroll 8
    for (int j = 1; j < (R + 2) / 3; ++j) base[j] = base[j - 1] + 3 * step;
    (
        [&]() HWY_ATTR {
          const V spread = hn::Set(d, base[I / 3][static_cast<ptrdiff_t>(I % 3) * step]);
          for (int v = 0; v < NV; ++v) acc[I * NV + v] = hn::MulAdd(spread, bv[v], acc[I * NV + v]);
        }(),
        ...);
  }
#pragma GCC unroll 32
  for (int i = 0; i < R * NV; ++i) {
    T* const to = tile.sums + i / NV * tile.ld + i % NV * kLanes;
    hn::StoreU(tile.accumulate ? hn::Add(hn::LoadU(d, to), acc[i]) : acc[i], d, to);
  }
}

template <int NV, class T>
HWY_INLINE void RunFrameTileOfRows(int64_t rows, const FrameTile<T>& tile) {
  switch (rows) {
    case 1: return RunFrameTileOf<1, NV>(tile, std::make_index_sequence<1>());
    case 2: return RunFrameTileOf<2, NV>(tile, std::make_index_sequence<2>());
    case 4: return RunFrameTileOf<4, NV>(tile, std::make_index_sequence<4>());
    case 6: return RunFrameTileOf<6, NV>(tile, std::make_index_sequence<6>());
  }
  if constexpr (kTileRows > 6) {
    switch (rows) {
      case 8: return RunFrameTileOf<8, NV>(tile, std::make_index_sequence<8>());
      case 10: return RunFrameTileOf<10, NV>(tile, std::make_index_sequence<10>());
      case 12: return RunFrameTileOf<12, NV>(tile, std::make_index_sequence<12>());
      case 14: return RunFrameTileOf<14, NV>(tile, std::make_index_sequence<14>());
    }
  }
}

// `rows` is 1 or even, at most kTileRows, as RowPanels cuts them.
template <class T>
HWY_INLINE void RunFrameTile(int64_t rows, int64_t vectors, const FrameTile<T>& tile) {
  if (vectors == 1) {
    RunFrameTileOfRows<1>(rows, tile);
  } else {
    RunFrameTileOfRows<2>(rows, tile);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_TILE_INL_H_
