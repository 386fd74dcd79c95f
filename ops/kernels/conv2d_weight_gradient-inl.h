// The gradient of a convolution's weight and bias as a product: columns times dy.
#if defined(HAIRPIN_OPS_KERNELS_CONV2D_WEIGHT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CONV2D_WEIGHT_GRADIENT_INL_H_
#undef HAIRPIN_OPS_KERNELS_CONV2D_WEIGHT_GRADIENT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CONV2D_WEIGHT_GRADIENT_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/conv2d_columns-inl.h"
#include "ops/kernels/conv2d_direct-inl.h"
#include "ops/kernels/conv2d_plan.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::Conv2dParameterGradients;
using kernels::WeightGradientPlan;

// Adds one block of positions of one image to a part's sums [terms, filters] of some channels.
template <class T>
struct WeightGradientBlock {
  const FrameGeometry& geometry;
  const WeightGradientPlan& plan;
  int64_t first_channel, channels;  // of the slice
  bool bias;                        // the slice sums the bias's gradient, too
  int64_t filters;
  T* sums;                          // of the group
  char* scratch;

  void Run(const T* image, const T* dy, int64_t row, int64_t rows, bool first) const {
    T* const upstream = reinterpret_cast<T*>(scratch + plan.frame_bytes);
    T* const columns = reinterpret_cast<T*>(scratch + plan.frame_bytes + plan.upstream_bytes);
    const int64_t n = rows * geometry.out_width;
    const int64_t plane = geometry.out_height * geometry.out_width;
    const Frame<T> frame = FillFrame(geometry, image, channels, row, rows, T(0), scratch);
    const Operand<T> dy_rows = {.data = dy + row * geometry.out_width, .step = plane,
                                .extent = filters, .k = n, .k_contiguous = true};
    const ColumnPanels<T> filter_panels(filters);
    for (int64_t j = 0; j < filter_panels.count(); ++j) {
      PackPanel(dy_rows, filter_panels.start(j), filter_panels.size(j), filter_panels.width(j), 0,
                n, upstream + filter_panels.start(j) * n);
    }
    if (plan.direct) {
      const DirectWeightGradient<T> direct = {.geometry = geometry,
                                              .row = row,
                                              .rows = rows,
                                              .first = first_channel,
                                              .channels = channels,
                                              .filters = filters,
                                              .ld = plan.ld,
                                              .bias = bias,
                                              .accumulate = !first,
                                              .sums = sums};
      direct.Run(frame, upstream, reinterpret_cast<int64_t*>(columns));
      return;
    }
    T* const slice = sums + first_channel * geometry.taps() * plan.ld;
    const RowPanels term_panels(channels * geometry.taps() + bias);
    for (int64_t i = 0; i < term_panels.count(); ++i) {
      const int64_t term = term_panels.start(i), count = term_panels.size(i);
      // The bias's term is 1 everywhere.
      const int64_t from_image = std::min(count, channels * geometry.taps() - term);
      Columns(frame, 0, n, term, from_image, plan.positions, columns);
      if (from_image < count) std::fill_n(columns + from_image * plan.positions, n, T(1));
      for (int64_t j = 0; j < filter_panels.count(); ++j) {
        const int64_t width = filter_panels.width(j);
        const TileOutput<T> out = {.c = slice + term * plan.ld + filter_panels.start(j),
                                   .ldc = plan.ld,
                                   .columns = width,
                                   .accumulate = !first};
        const TileInput<T> in = {.a = columns,
                                 .a_step = plan.positions,
                                 .b = upstream + filter_panels.start(j) * n,
                                 .b_step = width,
                                 .k = n};
        RunTile<true>(count, width / TileLanes<T>(), in, out);
      }
    }
  }
};

// Rows [first, end) of group g's sums, added up over the parts into the first one, then turned
// round into the gradients. The last row is the bias's.
template <class T>
HWY_INLINE void AddParts(const FrameGeometry& geometry, const WeightGradientPlan& plan,
                         int64_t part_stride, int64_t filters, int64_t first, int64_t end, T* sums,
                         const Conv2dParameterGradients<T>& to) {
  const hn::ScalableTag<T> d;
  for (int64_t i = first * plan.ld; i < end * plan.ld; i += TileLanes<T>()) {
    auto sum = hn::LoadU(d, sums + i);
    for (int64_t part = 1; part < plan.parts; ++part) {
      sum = hn::Add(sum, hn::LoadU(d, sums + part * part_stride + i));
    }
    hn::StoreU(sum, d, sums + i);
  }
  const int64_t terms = geometry.terms(), weights_end = std::min(end, terms);
  for (int64_t f = 0; f < filters; ++f) {
    for (int64_t p = first; p < weights_end; ++p) {
      const int64_t term =
          plan.direct ? p % geometry.channels * geometry.taps() + p / geometry.channels : p;
      T& weight = to.weight[f * terms + term];
      weight = (to.accumulate_weight ? weight : T(0)) + sums[p * plan.ld + f];
    }
    if (end > terms && to.bias != nullptr) {
      to.bias[f] = (to.accumulate_bias ? to.bias[f] : T(0)) + sums[terms * plan.ld + f];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_WEIGHT_GRADIENT_INL_H_
