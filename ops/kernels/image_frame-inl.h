// Copies of images with borders, and back; see image_frame.h.
#if defined(HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_
#undef HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/image_frame.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using kernels::FrameGeometry;

template <class T>
constexpr int64_t FrameLanes() {
  return static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<T>()));
}

// Where a frame's numbers are in its memory: behind a vector's room, for whole vectors are read
// also from before the first lane that counts.
template <class T>
HWY_INLINE T* FrameData(char* memory) {
  return reinterpret_cast<T*>(memory + kernels::kFrameGapBytes);
}

// A frame's numbers, [channels, rows, row_length]; see FrameGeometry.
template <class T>
struct Frame {
  const FrameGeometry& geometry;
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

// Calls body(w, at) for each column w of the image that a frame has: it stands at row[at].
template <class Body>
HWY_INLINE void ForEachColumn(const FrameGeometry& geometry, const Body& body) {
  const int64_t stride = geometry.stride, width = geometry.phase_width();
  if (geometry.spread != 1) {  // and stride is 1
    int64_t at = geometry.padding_x;
    for (int64_t w = 0; w < geometry.width && at < width; ++w, at += geometry.spread) {
      if (at >= 0) body(w, at);
    }
    return;
  }
  for (int64_t phase = 0; phase < stride; ++phase) {
    int64_t w = phase - geometry.padding_x, at = 0;
    for (; w < 0; w += stride) ++at;
    for (; w < geometry.width && at < width; w += stride, ++at) body(w, phase * width + at);
  }
}

// One row of a frame: the image's numbers, and `rest` where it has none. `end` is the image's.
// Whole vectors are written: what is beyond the row, the next one overwrites.
template <class T>
HWY_INLINE void FillFrameRow(const FrameGeometry& geometry, const T* HWY_RESTRICT source,
                             const T* end, T rest, T* HWY_RESTRICT row) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kLanes = FrameLanes<T>();
  const int64_t length = geometry.row_length();
  const auto others = hn::Set(d, rest);
  if (geometry.stride != 1 || geometry.spread != 1) {
    for (int64_t i = 0; i < length; i += kLanes) hn::StoreU(others, d, row + i);
    ForEachColumn(geometry, [&](int64_t w, int64_t at) HWY_ATTR { row[at] = source[w]; });
    return;
  }
  const int64_t left = std::clamp<int64_t>(geometry.padding_x, 0, length);
  const int64_t first = std::max<int64_t>(0, -geometry.padding_x);
  const int64_t count = std::clamp<int64_t>(geometry.width - first, 0, length - left);
  for (int64_t i = 0; i < left; i += kLanes) hn::StoreU(others, d, row + i);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(hn::LoadU(d, source + first + i), d, row + left + i);
  }
  if (i < count && source + first + i + kLanes <= end) {
    hn::StoreU(hn::IfThenElse(hn::FirstN(d, static_cast<size_t>(count - i)),
                              hn::LoadU(d, source + first + i), others),
               d, row + left + i);
    i += kLanes;
  } else {
    for (; i < count; ++i) row[left + i] = source[first + i];
  }
  for (; i < length - left; i += kLanes) hn::StoreU(others, d, row + left + i);
}

// The frame of `out_rows` rows of positions from `out_row` on, in FrameBytes bytes of memory.
// `image` is that of its first channel; `rest` is what its borders hold.
template <class T>
HWY_NOINLINE Frame<T> FillFrame(const FrameGeometry& geometry, const T* image, int64_t channels,
                                int64_t out_row, int64_t out_rows, T rest, char* memory) {
  const hn::ScalableTag<T> d;
  const int64_t rows = geometry.frame_rows(out_rows), length = geometry.row_length();
  const T* const end = image + channels * geometry.height * geometry.width;
  T* const data = FrameData<T>(memory);
  T* to = data;
  for (int64_t c = 0; c < channels; ++c, image += geometry.height * geometry.width) {
    int64_t y = out_row * geometry.stride - geometry.padding_y;
    for (int64_t r = 0; r < rows; ++r, ++y, to += length) {
      if (y < 0 || y % geometry.spread != 0 || y / geometry.spread >= geometry.height) {
        for (int64_t i = 0; i < length; i += FrameLanes<T>()) {
          hn::StoreU(hn::Set(d, rest), d, to + i);
        }
      } else {
        FillFrameRow(geometry, image + y / geometry.spread * geometry.width, end, rest, to);
      }
    }
  }
  return {geometry, rows, data};
}

// The other way round, for one channel without spread and all rows of positions: image (+)= frame,
// and (+)= 0 where a position reads nothing of it.
template <class T>
HWY_NOINLINE void ReadFrame(const FrameGeometry& geometry, const T* frame, bool accumulate,
                            T* HWY_RESTRICT image) {
  const int64_t rows = geometry.frame_rows(geometry.out_height);
  for (int64_t h = 0; h < geometry.height; ++h, image += geometry.width) {
    const int64_t r = h + geometry.padding_y;
    if (!accumulate) std::fill_n(image, geometry.width, T(0));
    if (r < 0 || r >= rows) continue;
    const T* const row = frame + r * geometry.row_length();
    ForEachColumn(geometry, [&](int64_t w, int64_t at) HWY_ATTR { image[w] += row[at]; });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_
