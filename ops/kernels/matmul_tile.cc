// The tile by itself: most of what a matrix product takes to compile, once for all who multiply.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/matmul_tile.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "hwy/highway.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/prefetch.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// acc[kRow, :] += a * b
template <size_t kRow, int NV, class D, class V>
HWY_INLINE void MulAddRow(D d, hn::TFromD<D> a, const V* HWY_RESTRICT b, V* HWY_RESTRICT acc) {
  const V spread = hn::Set(d, a);
  acc[kRow * NV] = hn::MulAdd(spread, b[0], acc[kRow * NV]);
  if constexpr (NV == 2) acc[kRow * NV + 1] = hn::MulAdd(spread, b[1], acc[kRow * NV + 1]);
}

// `k` terms of the tile's sums; asks for what `ahead` says, which is as many steps or more, to
// write it if kWrite.
template <bool kWrite, bool kARows, int NV, class D, class V, size_t... I>
HWY_INLINE void TileSums(D d, const hn::TFromD<D>* HWY_RESTRICT a, ptrdiff_t a_step,
                         const hn::TFromD<D>* HWY_RESTRICT b, ptrdiff_t b_step, int64_t k,
                         const Prefetch& ahead, V* HWY_RESTRICT acc, std::index_sequence<I...>) {
  constexpr ptrdiff_t kLanes = TileLanes<hn::TFromD<D>>();
  // One pointer for three rows: base, base + step, base + 2 step are addressing modes of x86.
  [[maybe_unused]] const hn::TFromD<D>* base[(sizeof...(I) + 2) / 3];
  if constexpr (kARows) ((I % 3 == 0 ? void(base[I / 3] = a + I * a_step) : void()), ...);
  const char* line = ahead.at;
  for (int64_t p = 0; p < k; ++p) {
    V bv[NV];
    bv[0] = hn::LoadU(d, b);
    if constexpr (NV == 2) bv[1] = hn::LoadU(d, b + kLanes);
    b += b_step;
    if constexpr (kWrite) {
      PrefetchForWrite(line);
      PrefetchForWrite(line + ahead.second);
    } else {
      // To the second level: the first has few places for what is under way, and a and b need them.
      __builtin_prefetch(line, 0, 2);
      __builtin_prefetch(line + ahead.second, 0, 2);
    }
    line += ahead.step;
    if constexpr (kARows) {
      (MulAddRow<I, NV>(d, base[I / 3][(I % 3) * a_step], bv, acc), ...);
      ((I % 3 == 0 ? void(++base[I / 3]) : void()), ...);
    } else {
      (MulAddRow<I, NV>(d, a[I], bv, acc), ...);
      a += a_step;
    }
  }
}

// Writes one row's vectors, all columns valid.
template <int NV, class D, class V>
HWY_INLINE void StoreTileRow(D d, const TileOutput<hn::TFromD<D>>& out, int64_t row,
                             const V* HWY_RESTRICT sums) {
  using T = hn::TFromD<D>;
  constexpr int64_t kLanes = TileLanes<T>();
  T* HWY_RESTRICT c = out.c + row * out.ldc;
  for (int v = 0; v < NV; ++v) {
    V value = sums[v];
    if (out.accumulate) value = hn::Add(hn::LoadU(d, c + v * kLanes), value);
    if (out.bias != nullptr) value = hn::Add(value, hn::LoadU(d, out.bias + v * kLanes));
    hn::StoreU(value, d, c + v * kLanes);
  }
}

// Writes the valid columns of a tile at C's edge, whose sums are in memory, [rows, width]: nothing
// beyond column `columns` is read or written, and the additions are those of StoreTileRow.
template <class T>
HWY_NOINLINE void StoreTileEdge(const T* HWY_RESTRICT sums, int64_t rows, int64_t width,
                                const TileOutput<T>& out) {
  for (int64_t i = 0; i < rows; ++i) {
    T* HWY_RESTRICT c = out.c + i * out.ldc;
    for (int64_t j = 0; j < out.columns; ++j) {
      T value = sums[i * width + j];
      if (out.accumulate) value = c[j] + value;
      if (out.bias != nullptr) value = value + out.bias[j];
      c[j] = value;
    }
  }
}

template <int R, int NV, bool kARows, class T>
HWY_NOINLINE void Tile(const TileInput<T>& in, const TileOutput<T>& out) {
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
  const T *a = in.a, *b = in.b;
  int64_t k = in.k;
  const auto sum = [&]<bool kWrite>(const Prefetch& ahead) HWY_ATTR {
    const int64_t steps = std::min(k, ahead.count);
    TileSums<kWrite, kARows, NV>(d, a, in.a_step, b, in.b_step, steps, ahead, acc,
                                 std::make_index_sequence<R>());
    k -= steps;
    a += kARows ? steps : steps * in.a_step;
    b += steps * in.b_step;
  };
  if (out.partial == nullptr) {
    // C's lines, which are written when the sums are done.
    sum.template operator()<true>({.at = reinterpret_cast<const char*>(out.c),
                                   .step = out.ldc * static_cast<ptrdiff_t>(sizeof(T)),
                                   .count = R,
                                   .second = NV * kLanes * sizeof(T) > 64 ? 64 : 0});
  }
  sum.template operator()<false>(in.prefetch);
  // The rest asks for a line that is there: cheaper than a loop of its own, in code and branches.
  sum.template operator()<false>({.at = reinterpret_cast<const char*>(in.b), .count = k});
  const bool edge = out.columns != NV * kLanes;
  if (out.partial != nullptr || edge) {
    HWY_ALIGN T sums[R * NV * kLanes];
    T* const to = out.partial != nullptr ? out.partial : sums;
#pragma GCC unroll 32
    for (int i = 0; i < R * NV; ++i) hn::StoreU(acc[i], d, to + i * kLanes);
    if (out.partial == nullptr) StoreTileEdge(sums, R, NV * kLanes, out);
    return;
  }
#pragma GCC unroll 16
  for (int i = 0; i < R; ++i) StoreTileRow<NV>(d, out, i, acc + i * NV);
}

template <int NV, bool kARows, class T>
HWY_INLINE void RunTileOfRows(int64_t rows, const TileInput<T>& in, const TileOutput<T>& out) {
  switch (rows) {
    case 1: return Tile<1, NV, kARows>(in, out);
    case 2: return Tile<2, NV, kARows>(in, out);
    case 4: return Tile<4, NV, kARows>(in, out);
    case 6: return Tile<6, NV, kARows>(in, out);
  }
  if constexpr (kTileRows > 6) {
    switch (rows) {
      case 8: return Tile<8, NV, kARows>(in, out);
      case 10: return Tile<10, NV, kARows>(in, out);
      case 12: return Tile<12, NV, kARows>(in, out);
      case 14: return Tile<14, NV, kARows>(in, out);
    }
  }
}

}  // namespace

// Declared for all in matmul_tile-inl.h.
template <bool kARows, class T>
void RunTile(int64_t rows, int64_t vectors, const TileInput<T>& in, const TileOutput<T>& out) {
  if (vectors == 1) {
    RunTileOfRows<1, kARows>(rows, in, out);
  } else {
    RunTileOfRows<2, kARows>(rows, in, out);
  }
}

template void RunTile<false>(int64_t, int64_t, const TileInput<float>&, const TileOutput<float>&);
template void RunTile<true>(int64_t, int64_t, const TileInput<float>&, const TileOutput<float>&);
template void RunTile<false>(int64_t, int64_t, const TileInput<double>&,
                             const TileOutput<double>&);
template void RunTile<true>(int64_t, int64_t, const TileInput<double>&, const TileOutput<double>&);

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();
