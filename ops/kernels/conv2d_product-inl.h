// A convolution as a product: filters times columns.
#if defined(HAIRPIN_OPS_KERNELS_CONV2D_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CONV2D_PRODUCT_INL_H_
#undef HAIRPIN_OPS_KERNELS_CONV2D_PRODUCT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CONV2D_PRODUCT_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/conv2d_columns-inl.h"
#include "ops/kernels/conv2d_direct-inl.h"
#include "ops/kernels/conv2d_plan.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::ColumnsProductPlan;

// y[b, g, f, i, j] (+)= start[g, f] + sum over p of filters[g, f, p] column[b, g, i, j, p], for
// `batch` images of `groups` groups. weight(g, f, c, tap) is an element of filters.
template <class T>
struct ColumnsProduct {
  FrameGeometry geometry;
  int64_t batch, groups, filters;
  const T* image;
  const T* start;  // [groups, filters], or null for 0
  bool accumulate;
  T* y;
};

// What the sums of some filters start from, spread over the columns of a tile.
template <class T>
struct Starts {
  T* wide;    // [filters, two vectors], or null
  T* narrow;  // [filters, a vector]

  const T* Of(int64_t filter, int64_t width) const {
    if (wide == nullptr) return nullptr;
    return (width == TileColumns<T>() ? wide : narrow) + filter * width;
  }
};

// The block of positions of `product` in rows [row, row + rows) of one group of one image.
template <class T>
HWY_INLINE void ColumnsProductBlock(const ColumnsProduct<T>& product, const T* packed,
                                    const Starts<T>& starts, const T* image, T* y, int64_t row,
                                    int64_t rows, char* frame_memory, T* panel_memory) {
  const FrameGeometry& geometry = product.geometry;
  const RowPanels row_panels(product.filters);
  const int64_t positions = geometry.out_height * geometry.out_width, terms = geometry.terms();
  const ColumnPanels<T> column_panels(rows * geometry.out_width);
  const Frame<T> frame =
      FillFrame(geometry, image, geometry.channels, row, rows, T(0), frame_memory);
  for (int64_t j = 0; j < column_panels.count(); ++j) {
    const int64_t width = column_panels.width(j);
    Columns(frame, column_panels.start(j), column_panels.size(j), 0, terms, width, panel_memory);
    for (int64_t i = 0; i < row_panels.count(); ++i) {
      const int64_t filter = row_panels.start(i);
      const TileOutput<T> out = {
          .start = starts.Of(filter, width),
          .c = y + filter * positions + row * geometry.out_width + column_panels.start(j),
          .ldc = positions,
          .columns = column_panels.size(j),
          .accumulate = product.accumulate};
      const TileInput<T> in = {.a = packed + PackedOffset<T>(row_panels, i, terms),
                               .a_step = row_panels.size(i),
                               .b = panel_memory,
                               .b_step = width,
                               .k = terms};
      RunTile<false>(row_panels.size(i), width / TileLanes<T>(), in, out);
    }
  }
}

// Packs the filters of all groups in panels as `Panels` cuts them, [terms, width] each, 0 where a
// panel is wider than the filters. Terms in DirectBlock's order, or in the order (c, u, v).
template <class Panels, class T, class Weight>
HWY_INLINE void PackFilters(const ColumnsProduct<T>& product, const ColumnsProductPlan& plan,
                            const Weight& weight, char* workspace) {
  const FrameGeometry& geometry = product.geometry;
  const Panels panels(product.filters);
  ParallelFor(product.groups * panels.count(), [&](int64_t task, int) HWY_ATTR {
    const int64_t g = task / panels.count(), i = task % panels.count();
    const int64_t first = panels.start(i), count = panels.size(i), width = panels.width(i);
    T* to = reinterpret_cast<T*>(workspace + g * plan.group_bytes) +
            PackedOffset<T>(panels, i, geometry.terms());
    const auto term = [&](int64_t c, int64_t tap) {
      for (int64_t f = 0; f < count; ++f) to[f] = weight(g, first + f, c, tap);
      std::fill(to + count, to + width, T(0));
      to += width;
    };
    if (!plan.direct) {
      for (int64_t c = 0; c < geometry.channels; ++c) {
        for (int64_t tap = 0; tap < geometry.taps(); ++tap) term(c, tap);
      }
      return;
    }
    ForEachKernelRow(geometry, [&](int64_t u) {
      for (int64_t c = 0; c < geometry.channels; ++c) {
        for (int64_t v = 0; v < geometry.kernel_width; ++v) term(c, u * geometry.kernel_width + v);
      }
    });
  });
}

// Calls block(group, image, y, first row, rows, worker) for each block of positions.
template <class T, class Block>
HWY_INLINE void ForEachBlock(const ColumnsProduct<T>& product, const ColumnsProductPlan& plan,
                             const Block& block) {
  const FrameGeometry& geometry = product.geometry;
  const int64_t image = geometry.channels * geometry.height * geometry.width;
  const int64_t out = product.filters * geometry.out_height * geometry.out_width;
  ParallelFor(product.batch * product.groups * plan.blocks, [&](int64_t task, int worker) HWY_ATTR {
    const int64_t number = task / plan.blocks, row = task % plan.blocks * plan.rows;
    block(number % product.groups, product.image + number * image, product.y + number * out, row,
          std::min(plan.rows, geometry.out_height - row), worker);
  });
}

template <class T, class Weight>
HWY_INLINE void RunColumnsProduct(const ColumnsProduct<T>& product, const ColumnsProductPlan& plan,
                                  const Weight& weight, char* workspace) {
  const int64_t filters = product.filters;
  PackFilters<RowPanels>(product, plan, weight, workspace);
  char* memory = workspace + product.groups * plan.group_bytes;
  Starts<T> starts = {};
  if (product.start != nullptr) {
    starts = {reinterpret_cast<T*>(memory), reinterpret_cast<T*>(memory + plan.starts_bytes)};
    for (int64_t f = 0; f < product.groups * filters; ++f) {
      std::fill_n(starts.wide + f * TileColumns<T>(), TileColumns<T>(), product.start[f]);
      std::fill_n(starts.narrow + f * TileLanes<T>(), TileLanes<T>(), product.start[f]);
    }
  }
  memory += plan.starts_bytes + plan.narrow_bytes;
  ForEachBlock(product, plan,
               [&](int64_t g, const T* image, T* y, int64_t row, int64_t rows,
                   int worker) HWY_ATTR {
    char* const own = memory + worker * plan.worker_bytes;
    Starts<T> of_group = {};
    if (starts.wide != nullptr) {
      of_group = {starts.wide + g * filters * TileColumns<T>(),
                  starts.narrow + g * filters * TileLanes<T>()};
    }
    ColumnsProductBlock(product, reinterpret_cast<const T*>(workspace + g * plan.group_bytes),
                        of_group, image, y, row, rows, own,
                        reinterpret_cast<T*>(own + plan.frame_bytes));
  });
}

template <class T, class Weight>
HWY_INLINE void RunDirectProduct(const ColumnsProduct<T>& product, const ColumnsProductPlan& plan,
                                 const Weight& weight, char* workspace) {
  const FrameGeometry& geometry = product.geometry;
  const int64_t filters = product.filters;
  const int64_t padded = kernels::PaddedColumns(filters, sizeof(T));
  PackFilters<ColumnPanels<T>>(product, plan, weight, workspace);
  char* memory = workspace + product.groups * plan.group_bytes;
  T* const starts = product.start == nullptr ? nullptr : reinterpret_cast<T*>(memory);
  for (int64_t g = 0; starts != nullptr && g < product.groups; ++g) {
    std::copy_n(product.start + g * filters, filters, starts + g * padded);
    std::fill(starts + g * padded + filters, starts + (g + 1) * padded, T(0));
  }
  memory += plan.starts_bytes + plan.narrow_bytes;
  ForEachBlock(product, plan,
               [&](int64_t g, const T* image, T* y, int64_t row, int64_t rows,
                   int worker) HWY_ATTR {
    char* const own = memory + worker * plan.worker_bytes;
    char* const offsets = own + plan.frame_bytes;
    const DirectBlock<T> block = {
        .geometry = geometry,
        .filters = filters,
        .packed = reinterpret_cast<const T*>(workspace + g * plan.group_bytes),
        .start = starts == nullptr ? nullptr : starts + g * padded,
        .accumulate = product.accumulate,
        .y = y,
        .row = row,
        .rows = rows,
        .offsets = reinterpret_cast<int64_t*>(offsets),
        .tile = reinterpret_cast<T*>(
            offsets + kernels::OffsetsBytes(geometry.terms() + geometry.kernel_height))};
    block.Run(FillFrame(geometry, image, geometry.channels, row, rows, T(0), own));
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_PRODUCT_INL_H_
