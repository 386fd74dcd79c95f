// How a convolution is cut into tasks and how much scratch that takes; for conv2d.cc and its parts.
#ifndef HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_
#define HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_

#include <algorithm>
#include <cstdint>

#include "ops/kernels/conv2d.h"
#include "ops/kernels/image_frame.h"
#include "ops/kernels/matmul_workspace.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {

// At most `rows` rows of positions at once, the blocks as equal as can be.
inline int64_t EvenRows(const FrameGeometry& g, int64_t rows) {
  return CeilDiv(g.out_height, CeilDiv(g.out_height, std::clamp<int64_t>(rows, 1, g.out_height)));
}

// Rows of positions that are worked on at once, of `images` images: a frame stays in the second
// cache, few images are cut so that there is work for several threads.
inline int64_t BlockRows(const FrameGeometry& g, int64_t images, int64_t element_bytes) {
  constexpr int64_t kFrameBytes = 1 << 18, kTasks = 16, kPositions = 64;
  const int64_t a_row = g.channels * g.stride * g.row_length() * element_bytes;
  const int64_t fit =
      std::max<int64_t>(0, kFrameBytes - g.FrameBytes(1, element_bytes)) / a_row + 1;
  return EvenRows(g, std::min(fit, std::max(CeilDiv(g.out_height * images, kTasks),
                                            CeilDiv(kPositions, g.out_width))));
}

inline FrameGeometry ForwardGeometry(const Conv2dShape& s) {
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
inline FrameGeometry InputGradientGeometry(const Conv2dShape& s) {
  return {.channels = s.out_channels / s.groups,
          .height = s.out_height(), .width = s.out_width(), .spread = s.stride,
          .kernel_height = s.kernel_height, .kernel_width = s.kernel_width,
          .stride = 1, .dilation = s.dilation,
          .padding_y = s.dilation * (s.kernel_height - 1) - s.padding,
          .padding_x = s.dilation * (s.kernel_width - 1) - s.padding,
          .out_height = s.height, .out_width = s.width};
}

inline int64_t OffsetsBytes(int64_t count) {
  return CeilDiv(count * int64_t{sizeof(int64_t)}, 64) * 64;
}

// Filters times columns: forward, and the gradient by x.
struct ColumnsProductPlan {
  bool direct;            // conv2d_direct-inl.h: filters fill their vectors, or nearly
  int64_t rows, blocks;   // of positions
  int64_t group_bytes;    // a group's packed filters
  int64_t starts_bytes;   // the sums' first values for all groups, of tiles two vectors wide
  int64_t narrow_bytes;   // the same for tiles of one
  int64_t frame_bytes, worker_bytes, total_bytes;
};

inline ColumnsProductPlan PlanColumnsProduct(const FrameGeometry& geometry, int64_t batch,
                                             int64_t groups, int64_t filters,
                                             int64_t element_bytes) {
  ColumnsProductPlan plan;
  const int64_t images = batch * groups;
  // A column costs about as much to lay out as six filters to multiply it by.
  constexpr int64_t kColumnCost = 6, kFewPositions = 4, kFewTerms = 64;
  const int64_t lanes = kMatMulMaxTileColumnBytes / 2 / element_bytes;
  plan.direct = CeilDiv(filters, lanes) * lanes <= filters + kColumnCost &&
                geometry.out_width >= kFewPositions && geometry.terms() >= kFewTerms;
  plan.rows = BlockRows(geometry, images, element_bytes);
  plan.blocks = CeilDiv(geometry.out_height, plan.rows);
  plan.group_bytes = PackedBytes(PaddedColumns(filters, element_bytes), geometry.terms(),
                                 MaxPanels(filters), element_bytes);
  plan.starts_bytes = groups * filters * kMatMulMaxTileColumnBytes;
  plan.narrow_bytes = plan.starts_bytes / 2;
  plan.frame_bytes = geometry.FrameBytes(plan.rows, element_bytes);
  // A panel of columns, or the terms' offsets and a tile and one turned round.
  const int64_t tile = 2 * kMatMulMaxTileRows * kMatMulMaxTileColumnBytes;
  plan.worker_bytes = plan.frame_bytes + kMatMulGapBytes +
                      (plan.direct ? OffsetsBytes(geometry.terms() + geometry.kernel_height) + tile
                                   : geometry.terms() * kMatMulMaxTileColumnBytes);
  plan.total_bytes = groups * plan.group_bytes + plan.starts_bytes + plan.narrow_bytes +
                     NumThreads() * plan.worker_bytes;
  return plan;
}

// Columns times dy, summed over images: the gradient by the weight, as [terms, filters], and one
// row more for the bias. Each part sums its images one after another, the parts are added.
struct WeightGradientPlan {
  bool direct;              // conv2d_direct-inl.h; the terms are then in the order (u, v, c)
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
  constexpr int64_t kFewChannels = 4;
  const FrameGeometry geometry = ForwardGeometry(shape);
  WeightGradientPlan plan;
  plan.ld = PaddedColumns(shape.out_channels / shape.groups, element_bytes);
  plan.rows = EvenRows(
      geometry,
      std::min({BlockRows(geometry, kTasks, element_bytes), kPositions / geometry.out_width,
                kUpstreamBytes / (geometry.out_width * plan.ld * element_bytes)}));
  plan.blocks = CeilDiv(geometry.out_height, plan.rows);
  // Rows of columns a power of two apart would share a few sets of the cache.
  plan.positions = plan.rows * geometry.out_width + kMatMulGapBytes / element_bytes;
  plan.part_elements = (geometry.terms() + 1) * plan.ld;
  const int64_t all_groups = shape.groups * plan.part_elements * element_bytes;
  plan.parts = std::min(shape.batch, std::clamp<int64_t>(kSumsBytes / all_groups, 1, kTasks));
  plan.direct = geometry.channels >= kFewChannels;
  plan.slices = std::min(plan.direct ? CeilDiv(geometry.channels, 8) : geometry.channels,
                         CeilDiv(kTasks, std::max<int64_t>(1, plan.parts * shape.groups)));
  plan.sums_bytes = std::max<int64_t>(1, plan.parts) * all_groups;
  plan.frame_bytes = geometry.FrameBytes(plan.rows, element_bytes);
  plan.upstream_bytes = plan.positions * plan.ld * element_bytes + kMatMulGapBytes;
  plan.worker_bytes =
      plan.frame_bytes + plan.upstream_bytes +
      (plan.direct ? OffsetsBytes(geometry.taps() + plan.positions)
                   : CeilDiv(kMatMulMaxTileRows * plan.positions * element_bytes, 64) * 64);
  plan.total_bytes = plan.sums_bytes + NumThreads() * plan.worker_bytes;
  return plan;
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_PLAN_H_
