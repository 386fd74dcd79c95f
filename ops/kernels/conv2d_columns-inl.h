// Columns of a convolution: what is under the kernel at some positions, for the tiles of a product.
#if defined(HAIRPIN_OPS_KERNELS_CONV2D_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CONV2D_COLUMNS_INL_H_
#undef HAIRPIN_OPS_KERNELS_CONV2D_COLUMNS_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CONV2D_COLUMNS_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/image_frame-inl.h"
#include "ops/kernels/image_frame.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// What a vector of positions reads: lanes from starts[i] on are elements from[i] + lane of the
// frame, counted from a term's first. Positions side by side in a row are one piece.
template <class T>
struct Pieces {
  int64_t count = 0;
  int64_t from[TileLanes<T>()] = {}, starts[TileLanes<T>()] = {};
};

// to[t * step] = the vector that `pieces` make of the frame at offsets[t].
template <int kPieces, class T>
HWY_INLINE void CopyPieces(const T* frame, const Pieces<T>& pieces, const int64_t* offsets,
                           int64_t terms, int64_t step, T* HWY_RESTRICT to) {
  const hn::ScalableTag<T> d;
  const int64_t count = kPieces == 0 ? pieces.count : kPieces;
  for (int64_t t = 0; t < terms; ++t, to += step) {
    const T* const from = frame + offsets[t];
    auto v = hn::LoadU(d, from + pieces.from[0]);
    for (int64_t i = 1; i < count; ++i) {
      v = hn::IfThenElse(hn::FirstN(d, static_cast<size_t>(pieces.starts[i])), v,
                         hn::LoadU(d, from + pieces.from[i]));
    }
    hn::StoreU(v, d, to);
  }
}

// to[t * step + i]: what position first + i of the block reads of term first_term + t = (c, u, v),
// for i < count and t < terms; whole vectors are written.
template <class T>
HWY_NOINLINE void Columns(const Frame<T>& frame, int64_t first, int64_t count, int64_t first_term,
                          int64_t terms, int64_t step, T* HWY_RESTRICT to) {
  constexpr int64_t kTerms = 64, kLanes = TileLanes<T>();
  const FrameGeometry& geometry = frame.geometry;
  const int64_t width = geometry.out_width;
  for (int64_t begin = 0; begin < terms; begin += kTerms, to += kTerms * step) {
    const int64_t some = std::min(kTerms, terms - begin);
    int64_t offsets[kTerms];
    frame.Offsets(first_term + begin, some, offsets);
    int64_t row = first / width, column = first % width;
    for (int64_t i = 0; i < count; i += kLanes) {
      Pieces<T> pieces;
      for (int64_t lane = 0; lane < std::min(kLanes, count - i); ++pieces.count) {
        pieces.from[pieces.count] = row * geometry.stride * geometry.row_length() + column - lane;
        pieces.starts[pieces.count] = lane;
        const int64_t n = std::min(kLanes - lane, width - column);
        lane += n;
        column += n;
        if (column == width) ++row, column = 0;
      }
      if (kLanes == 1 || pieces.count == 1) {
        CopyPieces<1>(frame.data, pieces, offsets, some, step, to + i);
      } else if constexpr (kLanes > 1) {
        if (pieces.count == 2) {
          CopyPieces<2>(frame.data, pieces, offsets, some, step, to + i);
        } else {
          CopyPieces<0>(frame.data, pieces, offsets, some, step, to + i);
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_COLUMNS_INL_H_
