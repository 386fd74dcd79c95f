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

// Where an image's columns stand in a row of its frame, one after another.
class FrameColumn {
 public:
  // From the image's column `first` on, or the first one that is not cropped.
  explicit FrameColumn(const FrameGeometry& geometry, int64_t first = 0)
      : geometry_(geometry), width_(geometry.phase_width()), step_(geometry.spread), w_(first) {
    if (geometry.padding_x < 0) w_ = std::max(w_, CeilDiv(-geometry.padding_x, step_));
    const int64_t column = w_ * step_ + geometry.padding_x;
    phase_ = column % geometry.stride;
    in_phase_ = column / geometry.stride;
  }
  bool inside() const { return w_ < geometry_.width && in_phase_ < width_; }
  int64_t w() const { return w_; }  // of the image
  int64_t at() const { return phase_ * width_ + in_phase_; }
  void Next() {
    ++w_;
    phase_ += step_;
    for (; phase_ >= geometry_.stride; phase_ -= geometry_.stride) ++in_phase_;
  }

 private:
  const FrameGeometry& geometry_;
  const int64_t width_, step_;
  int64_t w_, phase_, in_phase_;
};

// For a stride of 2: calls body(t, even, odd) with vectors' places: columns 2 t, 2 t + 2, ... of the
// image stand at row + even, those between at row + odd. Returns the column that comes next.
template <class T, class Body>
HWY_INLINE int64_t ForEachPair(const FrameGeometry& geometry, const Body& body) {
  constexpr int64_t kLanes = FrameLanes<T>();
  const int64_t padding = geometry.padding_x, width = geometry.phase_width();
  if (geometry.stride != 2 || geometry.spread != 1 || padding < 0) return 0;
  const int64_t even = padding / 2, odd = (padding + 1) / 2;
  const int64_t end = std::min(geometry.width / 2, width - odd);
  int64_t t = 0;
  for (; t + kLanes <= end; t += kLanes) {
    body(t, padding % 2 * width + even + t, (padding + 1) % 2 * width + odd + t);
  }
  return 2 * t;
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
    const int64_t next =
        ForEachPair<T>(geometry, [&](int64_t t, int64_t even, int64_t odd) HWY_ATTR {
          hn::Vec<decltype(d)> v0, v1;
          hn::LoadInterleaved2(d, source + 2 * t, v0, v1);
          hn::StoreU(v0, d, row + even);
          hn::StoreU(v1, d, row + odd);
        });
    for (FrameColumn column(geometry, next); column.inside(); column.Next()) {
      row[column.at()] = source[column.w()];
    }
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
  const hn::ScalableTag<T> d;
  const int64_t rows = geometry.frame_rows(geometry.out_height);
  for (int64_t h = 0; h < geometry.height; ++h, image += geometry.width) {
    const int64_t r = h + geometry.padding_y;
    if (!accumulate) std::fill_n(image, geometry.width, T(0));
    if (r < 0 || r >= rows) continue;
    const T* const row = frame + r * geometry.row_length();
    const int64_t next =
        ForEachPair<T>(geometry, [&](int64_t t, int64_t even, int64_t odd) HWY_ATTR {
          auto v0 = hn::LoadU(d, row + even), v1 = hn::LoadU(d, row + odd);
          if (accumulate) {
            hn::Vec<decltype(d)> before0, before1;
            hn::LoadInterleaved2(d, image + 2 * t, before0, before1);
            v0 = hn::Add(before0, v0);
            v1 = hn::Add(before1, v1);
          }
          hn::StoreInterleaved2(v0, v1, d, image + 2 * t);
        });
    for (FrameColumn column(geometry, next); column.inside(); column.Next()) {
      image[column.w()] += row[column.at()];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_IMAGE_FRAME_INL_H_
