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
#include "ops/kernels/conv2d_plan.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::ColumnsGeometry;

// The rows of `channels` channels of an image under the kernel, for positions from row `out_row`
// on; see ColumnsGeometry.
template <class T>
struct Frame {
  const ColumnsGeometry& geometry;
  int64_t rows;  // of a channel
  const T* data;

  // offsets[t] of terms [first, first + count): what position (i, j) of the block reads through
  // term (c, u, v) stands at its offset + i stride row_length + j. Divides once: a division
  // takes as long as copying a term.
  HWY_INLINE void Offsets(int64_t first, int64_t count, int64_t* HWY_RESTRICT offsets) const {
    int64_t v = first % geometry.kernel_width, u = first / geometry.kernel_width;
    int64_t c = u / geometry.kernel_height;
    u %= geometry.kernel_height;
    for (int64_t t = 0; t < count; ++t) {
      const int64_t column = v * geometry.dilation;
      const int64_t in_row = geometry.stride == 1
                                 ? column
                                 : column % geometry.stride * geometry.phase_width() +
                                       column / geometry.stride;
      offsets[t] = (c * rows + u * geometry.dilation) * geometry.row_length() + in_row;
      if (++v < geometry.kernel_width) continue;
      v = 0;
      if (++u < geometry.kernel_height) continue;
      u = 0;
      ++c;
    }
  }
};

// One row of a frame: zeros, and the image's numbers where it has some. `end` is the image's.
template <class T>
HWY_INLINE void FillFrameRow(const ColumnsGeometry& geometry, const T* HWY_RESTRICT source,
                             const T* end, T* HWY_RESTRICT row) {
  const int64_t length = geometry.row_length();
  if (geometry.stride == 1 && geometry.spread == 1) {
    const hn::ScalableTag<T> d;
    constexpr int64_t kLanes = TileLanes<T>();
    const int64_t left = std::clamp<int64_t>(geometry.padding_x, 0, length);
    const int64_t first = std::max<int64_t>(0, -geometry.padding_x);
    const int64_t count = std::clamp<int64_t>(geometry.width - first, 0, length - left);
    // Whole vectors: what they write beyond the row, the next one overwrites.
    for (int64_t i = 0; i < left; i += kLanes) hn::StoreU(hn::Zero(d), d, row + i);
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      hn::StoreU(hn::LoadU(d, source + first + i), d, row + left + i);
    }
    if (i < count && source + first + i + kLanes <= end) {
      hn::StoreU(hn::IfThenElseZero(hn::FirstN(d, static_cast<size_t>(count - i)),
                                    hn::LoadU(d, source + first + i)),
                 d, row + left + i);
      i += kLanes;
    } else {
      for (; i < count; ++i) row[left + i] = source[first + i];
    }
    for (; i < length - left; i += kLanes) hn::StoreU(hn::Zero(d), d, row + left + i);
    return;
  }
  std::fill_n(row, length, T(0));
  const int64_t phase_width = geometry.phase_width();
  for (int64_t w = 0; w < geometry.width; ++w) {
    const int64_t column = w * geometry.spread + geometry.padding_x;
    if (column < 0) continue;
    const int64_t in_phase = column / geometry.stride;
    if (in_phase >= phase_width) break;
    row[column % geometry.stride * phase_width + in_phase] = source[w];
  }
}

template <class T>
HWY_NOINLINE Frame<T> FillFrame(const ColumnsGeometry& geometry, const T* image, int64_t channels,
                                int64_t out_row, int64_t out_rows, char* memory) {
  // Behind a vector's room, for whole vectors are read from before their first lane that counts.
  T* const data = reinterpret_cast<T*>(memory + kernels::kMatMulGapBytes);
  const int64_t rows = geometry.frame_rows(out_rows), length = geometry.row_length();
  const T* const end = image + channels * geometry.height * geometry.width;
  T* to = data;
  for (int64_t c = 0; c < channels; ++c, image += geometry.height * geometry.width) {
    int64_t y = out_row * geometry.stride - geometry.padding_y;
    for (int64_t r = 0; r < rows; ++r, ++y, to += length) {
      if (y < 0 || y % geometry.spread != 0 || y / geometry.spread >= geometry.height) {
        std::fill_n(to, length, T(0));
      } else {
        FillFrameRow(geometry, image + y / geometry.spread * geometry.width, end, to);
      }
    }
  }
  return {geometry, rows, data};
}

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
  const ColumnsGeometry& geometry = frame.geometry;
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
