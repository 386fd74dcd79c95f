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

// What will be needed soon: the line of memory at `at` and the one `second` bytes further, then the
// same `step` bytes on, `count` times. A tile asks for a pair in each of its steps, so that they
// come while it multiplies.
struct Prefetch {
  const char* at = nullptr;
  ptrdiff_t step = 0;
  int64_t count = 0;
  ptrdiff_t second = 0;  // 0: one line a step
};

// What a tile multiplies: terms [0, k) of its rows of A and its columns of B.
template <class T>
struct TileInput {
  const T* a = nullptr;
  ptrdiff_t a_step = 0;  // see RunTile
  const T* b = nullptr;  // step p is b[p * b_step ...], whole vectors, unaligned allowed
  ptrdiff_t b_step = 0;  // the panel's width if it is packed
  int64_t k = 0;
  Prefetch prefetch = {};
};

// Computes a tile of `rows` rows, 1 or an even number up to kTileRows, and of `vectors` vectors,
// one or two. Two layouts of A's rows:
//   kARows: row i is a[i * a_step ...], k contiguous (an unpacked row-major operand);
//   else:   step p is a[p * a_step ...], rows contiguous (a packed panel, or a transposed operand).
// For float and double; compiled in matmul_tile.cc.
template <bool kARows, class T>
void RunTile(int64_t rows, int64_t vectors, const TileInput<T>& in, const TileOutput<T>& out);

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_TILE_INL_H_
