#include "ops/kernels/copy.h"

#include <algorithm>

#include "ops/kernels/loop_nest.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kBlock = 16384;  // elements
constexpr int64_t kTile = 16;      // side of a transposed tile: a cache line of float32

// Memory is the limit here, and the compiler's own vectors reach it.
template <bool kAccumulate, typename T>
void Span(const T* x, int64_t n, T* y) {
  if constexpr (kAccumulate) {
    for (int64_t i = 0; i < n; ++i) y[i] += x[i];
  } else {
    std::copy_n(x, n, y);
  }
}

// y[i dy0 + j dy1] (=|+=) x[i dx0 + j dx1], i < ni, j < nj.
template <bool kAccumulate, typename T>
void Tile(const T* x, int64_t dx0, int64_t dx1, int64_t ni, int64_t nj, T* y, int64_t dy0,
          int64_t dy1) {
  for (int64_t i = 0; i < ni; ++i) {
    for (int64_t j = 0; j < nj; ++j) {
      T& to = y[i * dy0 + j * dy1];
      const T& from = x[i * dx0 + j * dx1];
      if constexpr (kAccumulate) {
        to += from;
      } else {
        to = from;
      }
    }
  }
}

// Where the last axis is contiguous in both: spans.
template <bool kAccumulate, typename T>
void CopySpans(const T* x, const LoopNest<2>& nest, T* y) {
  const int64_t inner = nest.inner_size();
  ParallelFor(CeilDiv(nest.elements, kBlock), [&](int64_t block, int) {
    int64_t begin = block * kBlock;
    const int64_t end = std::min(nest.elements, begin + kBlock);
    while (begin < end) {
      const int64_t column = begin % inner;
      const int64_t n = std::min(inner - column, end - begin);
      const auto at = nest.OffsetsOf(begin / inner, nest.rank - 1);
      Span<kAccumulate>(x + at[0] + column, n, y + at[1] + column);
      begin += n;
    }
  });
}

// Elsewhere: tiles over two axes, of which x is contiguous (or nearest to it) in
// one and y in the other, so that each cache line is used whole.
template <bool kAccumulate, typename T>
void CopyTiles(const T* x, const LoopNest<2>& nest, T* y) {
  const auto nearest = [&](int array) {
    int best = nest.rank - 1;
    for (int axis = nest.rank - 1; axis >= 0; --axis) {
      if (nest.strides[axis][array] < nest.strides[best][array]) best = axis;
    }
    return best;
  };
  const int ax = nearest(0);
  int ay = nearest(1);
  if (ay == ax) ay = ax > 0 ? ax - 1 : (nest.rank > 1 ? 1 : 0);
  LoopNest<2> outer;
  for (int axis = 0; axis < nest.rank; ++axis) {
    if (axis != ax && axis != ay) outer.Append(nest.sizes[axis], nest.strides[axis]);
  }
  const int64_t size_x = nest.sizes[ax], size_y = ax == ay ? 1 : nest.sizes[ay];
  const int64_t tiles_x = CeilDiv(size_x, kTile), tiles_y = CeilDiv(size_y, kTile);
  const int64_t units = outer.elements * tiles_x * tiles_y;
  constexpr int64_t kUnits = kBlock / (kTile * kTile);
  ParallelFor(CeilDiv(units, kUnits), [&](int64_t block, int) {
    const int64_t end = std::min(units, (block + 1) * kUnits);
    for (int64_t unit = block * kUnits; unit < end; ++unit) {
      const auto at = outer.OffsetsOf(unit / (tiles_x * tiles_y), outer.rank);
      const int64_t i = unit / tiles_y % tiles_x * kTile, j = unit % tiles_y * kTile;
      Tile<kAccumulate>(x + at[0] + i * nest.strides[ax][0] + j * nest.strides[ay][0],
                        nest.strides[ax][0], nest.strides[ay][0], std::min(kTile, size_x - i),
                        std::min(kTile, size_y - j),
                        y + at[1] + i * nest.strides[ax][1] + j * nest.strides[ay][1],
                        nest.strides[ax][1], nest.strides[ay][1]);
    }
  });
}

template <bool kAccumulate, typename T>
void CopyNest(const T* x, const LoopNest<2>& nest, T* y) {
  if (nest.elements == 0) return;
  if (nest.rank == 0) return Span<kAccumulate>(x, 1, y);
  const auto inner = nest.inner_strides();
  if (inner[0] == 1 && inner[1] == 1) return CopySpans<kAccumulate>(x, nest, y);
  CopyTiles<kAccumulate>(x, nest, y);
}

}  // namespace

Strides ContiguousStrides(const Shape& shape) {
  Strides strides = {};
  int64_t product = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = product;
    product *= shape[axis];
  }
  return strides;
}

template <typename T>
void Fill(T value, int64_t n, T* y) {
  ParallelFor(CeilDiv(n, kBlock), [&](int64_t block, int) {
    std::fill(y + block * kBlock, y + std::min(n, (block + 1) * kBlock), value);
  });
}

template <typename T>
void StridedCopy(const T* x, const Strides& x_strides, const Shape& shape, bool accumulate,
                 T* y, const Strides& y_strides) {
  LoopNest<2> nest;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    nest.Append(shape[axis], {x_strides[axis], y_strides[axis]});
  }
  if (accumulate) {
    CopyNest<true>(x, nest, y);
  } else {
    CopyNest<false>(x, nest, y);
  }
}

template <typename T>
void Copy(const T* x, int64_t n, bool accumulate, T* y) {
  StridedCopy(x, {1}, Shape({n}), accumulate, y, {1});
}

template <typename T>
void Permute(const T* x, const Shape& x_shape, const int* axes, bool accumulate, T* y) {
  const Strides strides = ContiguousStrides(x_shape);
  std::array<int64_t, Shape::kMaxRank> sizes = {};
  Strides permuted = {};
  for (int axis = 0; axis < x_shape.rank(); ++axis) {
    sizes[axis] = x_shape[axes[axis]];
    permuted[axis] = strides[axes[axis]];
  }
  const Shape y_shape(absl::MakeConstSpan(sizes.data(), x_shape.rank()));
  StridedCopy(x, permuted, y_shape, accumulate, y, ContiguousStrides(y_shape));
}

#define HAIRPIN_INSTANTIATE(T)                                                              \
  template void Fill(T, int64_t, T*);                                                       \
  template void Copy(const T*, int64_t, bool, T*);                                          \
  template void StridedCopy(const T*, const Strides&, const Shape&, bool, T*, const Strides&); \
  template void Permute(const T*, const Shape&, const int*, bool, T*);
HAIRPIN_INSTANTIATE(float)
HAIRPIN_INSTANTIATE(double)
HAIRPIN_INSTANTIATE(int32_t)
#undef HAIRPIN_INSTANTIATE

}  // namespace hairpin::kernels
