// Convolution without columns: tiles that read an image's numbers where they are in its frame.
//
// Forward, and the gradient by x: rows of a tile are positions side by side in a row of y, its
// columns are filters. The gradient by the weight: rows are channels, columns are filters, terms
// are positions. Worth it where filters fill vectors and rows fill tiles. Rows of the kernel that
// lie on a border, or between an image's spread rows, are left out.
#if defined(HAIRPIN_OPS_KERNELS_CONV2D_DIRECT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CONV2D_DIRECT_INL_H_
#undef HAIRPIN_OPS_KERNELS_CONV2D_DIRECT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CONV2D_DIRECT_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/conv2d_plan.h"
#include "ops/kernels/conv2d_tile-inl.h"
#include "ops/kernels/image_frame-inl.h"
#include "ops/kernels/image_frame.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// Calls body(u) for the kernel's rows in an order in which those that positions of one row find
// inside the image are neighbours: by their remainders modulo spread.
template <class Body>
HWY_INLINE void ForEachKernelRow(const FrameGeometry& geometry, const Body& body) {
  for (int64_t remainder = 0; remainder < geometry.spread; ++remainder) {
    for (int64_t u = 0; u < geometry.kernel_height; ++u) {
      if (u * geometry.dilation % geometry.spread == remainder) body(u);
    }
  }
}

// Some rows of positions of one group of one image. Terms are in the order (u, c, v), u as
// ForEachKernelRow has them.
template <class T>
struct DirectBlock {
  const FrameGeometry& geometry;
  int64_t filters;
  const T* packed;  // panels of filters, [terms, width] each
  const T* start;   // [filters, rounded up], or null
  bool accumulate;
  T* y;             // of the image's group
  int64_t row, rows;
  int64_t* offsets;  // scratch of terms and the kernel's rows
  T* tile;           // scratch of a tile, and of one turned round

  void Run(const Frame<T>& frame) const {
    const int64_t terms = geometry.terms(), width = geometry.out_width;
    const int64_t KH = geometry.kernel_height, KW = geometry.kernel_width;
    int64_t* const kernel_rows = offsets + terms;
    int64_t* next = kernel_rows;
    ForEachKernelRow(geometry, [&](int64_t u) { *next++ = u; });
    int64_t* to = offsets;
    for (int64_t s = 0; s < KH; ++s) {
      for (int64_t c = 0; c < geometry.channels; ++c, to += KW) {
        frame.Offsets((c * KH + kernel_rows[s]) * KW, KW, to);
      }
    }
    for (int64_t i = 0; i < rows; ++i) {
      int64_t begin = 0, end = KH;
      while (begin < end && !geometry.Inside(row + i, kernel_rows[begin])) ++begin;
      while (begin < end && !geometry.Inside(row + i, kernel_rows[end - 1])) --end;
      RunRow(frame, i, begin * geometry.channels * KW, end * geometry.channels * KW, width);
    }
  }

 private:
  // Positions of row i, with terms [begin, end).
  void RunRow(const Frame<T>& frame, int64_t i, int64_t begin, int64_t end, int64_t width) const {
    const RowPanels positions(width);
    const ColumnPanels<T> panels(filters);
    for (int64_t t = 0; t < positions.count(); ++t) {
      const int64_t column = positions.start(t), count = positions.size(t);
      for (int64_t j = 0; j < panels.count(); ++j) {
        const int64_t filter = panels.start(j), lanes = panels.width(j);
        RunFrameTile<T>(
            count, lanes / TileLanes<T>(),
            {.a = frame.data + i * geometry.stride * geometry.row_length() + column,
             .offsets = offsets + begin,
             .b = packed + PackedOffset<T>(panels, j, geometry.terms()) + begin * lanes,
             .k = end - begin,
             .start = start == nullptr ? nullptr : start + filter,
             .sums = tile,
             .ld = lanes});
        Store(i * width + column, count, filter, panels.size(j), lanes);
      }
    }
  }

  // Turns the tile [count, lanes] round into y's positions [at, at + count) of the block. Whole
  // vectors are written where they stay inside the block: what is beyond, later tiles write.
  void Store(int64_t at, int64_t count, int64_t filter, int64_t num_filters, int64_t lanes) const {
    const hn::ScalableTag<T> d;
    constexpr int64_t kLanes = TileLanes<T>();
    const int64_t plane = geometry.out_height * geometry.out_width;
    const int64_t end = rows * geometry.out_width;
    T* const turned = tile + kTileRows * TileColumns<T>();
    for (int64_t first = 0; first < count; first += kLanes) {
      const int64_t n = std::min(kLanes, count - first);
      const T* from[kLanes];
      for (int64_t i = 0; i < kLanes; ++i) {
        from[i] = tile + std::min(first + i, count - 1) * lanes;
      }
      TransposeRows(d, from, lanes, kLanes, turned);
      T* to = y + filter * plane + row * geometry.out_width + at + first;
      if (at + first + kLanes <= end) {
        const auto valid = hn::FirstN(d, static_cast<size_t>(n));
        for (int64_t f = 0; f < num_filters; ++f, to += plane) {
          auto v = hn::LoadU(d, turned + f * kLanes);
          if (accumulate) v = hn::Add(hn::LoadU(d, to), hn::IfThenElseZero(valid, v));
          hn::StoreU(v, d, to);
        }
      } else {
        for (int64_t f = 0; f < num_filters; ++f, to += plane) {
          for (int64_t i = 0; i < n; ++i) {
            const T v = turned[f * kLanes + i];
            to[i] = accumulate ? to[i] + v : v;
          }
        }
      }
    }
  }
};

// sums[(tap C + c) ld + f] (+)= sum over p < n of what position p reads of term (c, tap) times
// upstream[p, f], for `channels` channels of the frame, the first of which is number `first` of C;
// if `bias`, sums[C taps ld + f] (+)= sum over p of upstream[p, f].
template <class T>
struct DirectWeightGradient {
  const FrameGeometry& geometry;
  int64_t row, rows;  // of positions
  int64_t first, channels;
  int64_t filters, ld;
  bool bias, accumulate;
  T* sums;

  // upstream: panels of filters, [n, width] each. offsets: scratch of taps and n.
  void Run(const Frame<T>& frame, const T* upstream, int64_t* offsets) const {
    const int64_t taps = geometry.taps(), length = geometry.row_length();
    const int64_t width = geometry.out_width, n = rows * width;
    int64_t* const positions = offsets + taps;
    frame.Offsets(0, taps, offsets);
    for (int64_t p = 0; p < n; ++p) {
      positions[p] = p / width * geometry.stride * length + p % width;
    }
    const RowPanels channel_panels(channels);
    const ColumnPanels<T> panels(filters);
    for (int64_t j = 0; j < panels.count(); ++j) {
      const int64_t vectors = panels.width(j) / TileLanes<T>();
      const T* const b = upstream + panels.start(j) * n;
      FrameTile<T> tile = {.row_step = frame.rows * length, .accumulate = accumulate, .ld = ld};
      for (int64_t tap = 0; tap < taps; ++tap) {
        // Rows of positions that find the tap inside the image.
        int64_t begin = 0, end = rows;
        const int64_t u = tap / geometry.kernel_width;
        while (begin < end && !geometry.Inside(row + begin, u)) ++begin;
        while (begin < end && !geometry.Inside(row + end - 1, u)) --end;
        tile.offsets = positions + begin * width;
        tile.b = b + begin * width * vectors * TileLanes<T>();
        tile.k = (end - begin) * width;
        for (int64_t i = 0; i < channel_panels.count(); ++i) {
          const int64_t c = channel_panels.start(i);
          tile.a = frame.data + offsets[tap] + c * tile.row_step;
          tile.sums = sums + (tap * geometry.channels + first + c) * ld + panels.start(j);
          RunFrameTile(channel_panels.size(i), vectors, tile);
        }
      }
      if (bias) SumRows(b, n, vectors, sums + geometry.terms() * ld + panels.start(j));
    }
  }

 private:
  // to[:] (+)= sum over p of upstream[p, :].
  void SumRows(const T* upstream, int64_t n, int64_t vectors, T* to) const {
    const hn::ScalableTag<T> d;
    for (int64_t v = 0; v < vectors; ++v) {
      auto sum = hn::Zero(d);
      for (int64_t p = 0; p < n; ++p) {
        sum = hn::Add(sum, hn::LoadU(d, upstream + (p * vectors + v) * TileLanes<T>()));
      }
      T* const at = to + v * TileLanes<T>();
      hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, at), sum) : sum, d, at);
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_DIRECT_INL_H_
