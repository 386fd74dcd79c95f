// How a convolution is cut into tasks and how much scratch that takes; for conv2d.cc and its parts.
#ifndef HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_
#define HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/conv2d.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// What the columns of one group of one image are taken from. The gradient by x is a convolution of
// dy, too, whose rows and columns stand `spread` apart with zeros between them.
struct ColumnsGeometry {
  int64_t channels;       // of the group
  int64_t height, width;  // of the image
  int64_t spread;         // 1, unless stride is
  int64_t kernel_height, kernel_width;
  int64_t stride, dilation;
  int64_t padding_y, padding_x;  // negative: the image is cropped
  int64_t out_height, out_width;

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
           2 * kMatMulGapBytes;
  }

  // Rows of positions that are worked on at once, of `images` images: a frame stays in the second
  // cache, few images are cut so that there is work for several threads.
  int64_t BlockRows(int64_t images, int64_t element_bytes) const {
    constexpr int64_t kFrameBytes = 1 << 18, kTasks = 16, kPositions = 64;
    const int64_t a_row = channels * stride * row_length() * element_bytes;
    int64_t rows = std::max<int64_t>(0, kFrameBytes - FrameBytes(1, element_bytes)) / a_row + 1;
    rows = std::min(rows, std::max(CeilDiv(out_height * images, kTasks),
                                   CeilDiv(kPositions, out_width)));
    return Even(rows);
  }
  // At most `rows`, the blocks as equal as can be.
  int64_t Even(int64_t rows) const {
    return CeilDiv(out_height, CeilDiv(out_height, std::clamp<int64_t>(rows, 1, out_height)));
  }
};

inline ColumnsGeometry ForwardGeometry(const Conv2dShape& s) {
  return {.channels = s.in_channels / s.groups,
          .height = s.height, .width = s.width, .spread = 1,
          .kernel_height = s.kernel_height, .kernel_width = s.kernel_width,
          .stride = s.stride, .dilation = s.dilation,
          .padding_y = s.padding, .padding_x = s.padding,
          .out_height = s.out_height(), .out_width = s.out_width()};
}

// Of h = i stride + u dilation - padding, with u = KH - 1 - u':
//   i stride = h + u' dilation - ((KH - 1) dilation - padding),
// a convolution of dy by the kernel turned round.
inline ColumnsGeometry InputGradientGeometry(const Conv2dShape& s) {
  return {.channels = s.out_channels / s.groups,
          .height = s.out_height(), .width = s.out_width(), .spread = s.stride,
          .kernel_height = s.kernel_height, .kernel_width = s.kernel_width,
          .stride = 1, .dilation = s.dilation,
          .padding_y = s.dilation * (s.kernel_height - 1) - s.padding,
          .padding_x = s.dilation * (s.kernel_width - 1) - s.padding,
          .out_height = s.height, .out_width = s.width};
}

// Filters times columns: forward, and the gradient by x.
struct ColumnsProductPlan {
  int64_t rows, blocks;   // of positions
  int64_t group_bytes;    // a group's packed filters
  int64_t starts_bytes;   // the sums' first values for all groups, of tiles two vectors wide
  int64_t narrow_bytes;   // the same for tiles of one
  int64_t frame_bytes, worker_bytes, total_bytes;
};

inline ColumnsProductPlan PlanColumnsProduct(const ColumnsGeometry& geometry, int64_t batch,
                                             int64_t groups, int64_t filters,
                                             int64_t element_bytes) {
  ColumnsProductPlan plan;
  const int64_t images = batch * groups;
  plan.rows = geometry.BlockRows(images, element_bytes);
  plan.blocks = CeilDiv(geometry.out_height, plan.rows);
  plan.group_bytes = PackedBytes(filters, geometry.terms(), MaxPanels(filters), element_bytes);
  plan.starts_bytes = groups * filters * kMatMulMaxTileColumnBytes;
  plan.narrow_bytes = plan.starts_bytes / 2;
  plan.frame_bytes = geometry.FrameBytes(plan.rows, element_bytes);
  plan.worker_bytes = plan.frame_bytes + geometry.terms() * kMatMulMaxTileColumnBytes +
                      kMatMulGapBytes;
  plan.total_bytes = groups * plan.group_bytes + plan.starts_bytes + plan.narrow_bytes +
                     NumThreads() * plan.worker_bytes;
  return plan;
}

// Columns times dy, summed over images: the gradient by the weight, as [terms, filters], and one
// row more for the bias. Each part sums its images one after another, the parts are added.
struct WeightGradientPlan {
  int64_t rows, blocks;     // of positions
  int64_t positions;        // of a block, and a gap
  int64_t parts;            // of the batch
  int64_t slices;           // of the channels
  int64_t ld;               // filters, rounded up
  int64_t part_elements;    // of a part's sums of one group
  int64_t sums_bytes, frame_bytes, upstream_bytes, worker_bytes, total_bytes;
};

inline WeightGradientPlan PlanWeightGradient(const Conv2dShape& shape, int64_t element_bytes) {
  constexpr int64_t kPositions = 512, kUpstreamBytes = 1 << 19, kSumsBytes = 1 << 22, kTasks = 16;
  const ColumnsGeometry geometry = ForwardGeometry(shape);
  WeightGradientPlan plan;
  plan.ld = PaddedColumns(shape.out_channels / shape.groups, element_bytes);
  plan.rows = geometry.Even(
      std::min({geometry.BlockRows(kTasks, element_bytes), kPositions / geometry.out_width,
                kUpstreamBytes / (geometry.out_width * plan.ld * element_bytes)}));
  plan.blocks = CeilDiv(geometry.out_height, plan.rows);
  // Rows of columns a power of two apart would share a few sets of the cache.
  plan.positions = plan.rows * geometry.out_width + kMatMulGapBytes / element_bytes;
  plan.part_elements = (geometry.terms() + 1) * plan.ld;
  const int64_t all_groups = shape.groups * plan.part_elements * element_bytes;
  plan.parts = std::min(shape.batch, std::clamp<int64_t>(kSumsBytes / all_groups, 1, kTasks));
  plan.slices = std::min(geometry.channels,
                         CeilDiv(kTasks, std::max<int64_t>(1, plan.parts * shape.groups)));
  plan.sums_bytes = std::max<int64_t>(1, plan.parts) * all_groups;
  plan.frame_bytes = geometry.FrameBytes(plan.rows, element_bytes);
  plan.upstream_bytes = plan.positions * plan.ld * element_bytes + kMatMulGapBytes;
  plan.worker_bytes = plan.frame_bytes + plan.upstream_bytes +
                      CeilDiv(kMatMulMaxTileRows * plan.positions * element_bytes, 64) * 64;
  plan.total_bytes = plan.sums_bytes + NumThreads() * plan.worker_bytes;
  return plan;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_
