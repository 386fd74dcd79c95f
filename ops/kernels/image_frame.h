// Frames: the rows of an image under a kernel, with their borders; for convolution and pooling.
#ifndef HAIRPIN_OPS_KERNELS_IMAGE_FRAME_H_
#define HAIRPIN_OPS_KERNELS_IMAGE_FRAME_H_

#include <cstdint>

#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// What may be read before a frame's first number and beyond its last: less than a vector.
constexpr int64_t kFrameGapBytes = 64;

// What a kernel moves over: some channels of an image. The gradient by x of a convolution is one of
// dy, too, whose rows and columns stand `spread` apart with zeros between them.
struct FrameGeometry {
  int64_t channels;
  int64_t height, width;
  int64_t spread;         // 1, unless stride is
  int64_t kernel_height, kernel_width;
  int64_t stride, dilation;
  int64_t padding_y, padding_x;  // negative: the image is cropped
  int64_t out_height, out_width;

  // Whether the kernel's row u, for positions in row i, lies on a row of the image.
  bool Inside(int64_t i, int64_t u) const {
    const int64_t y = i * stride + u * dilation - padding_y;
    return y >= 0 && y % spread == 0 && y / spread < height;
  }
  int64_t taps() const { return kernel_height * kernel_width; }
  int64_t terms() const { return channels * taps(); }

  // A frame: the image's rows under the kernel for some rows of positions, with borders. A row's
  // columns are sorted by their remainder modulo stride, so that what neighbouring positions read
  // lies side by side.
  int64_t frame_rows(int64_t out_rows) const {
    return (out_rows - 1) * stride + (kernel_height - 1) * dilation + 1;
  }
  int64_t phase_width() const { return out_width + (kernel_width - 1) * dilation / stride; }
  int64_t row_length() const { return stride * phase_width(); }
  int64_t FrameBytes(int64_t out_rows, int64_t element_bytes) const {
    // Whole vectors are read, also from before the first number and beyond the last.
    return CeilDiv(channels * frame_rows(out_rows) * row_length() * element_bytes, 64) * 64 +
           2 * kFrameGapBytes;
  }
};

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_IMAGE_FRAME_H_
