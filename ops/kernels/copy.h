// Numbers moved or added without arithmetic besides: contiguous and strided.
//
//   // y [B, H, T, D] from x [B, T, H, D]: its strides in y's order of axes.
//   kernels::StridedCopy(x, {T * H * D, D, H * D, 1}, Shape({B, H, T, D}), y);
//
// T float, double or int32_t, where nothing else is said. Strides are in
// elements and at most 6. Arrays don't overlap.
#ifndef HAIRPIN_OPS_KERNELS_COPY_H_
#define HAIRPIN_OPS_KERNELS_COPY_H_

#include <array>
#include <cstdint>

#include "tensor/shape.h"

namespace hairpin::kernels {

using Strides = std::array<int64_t, Shape::kMaxRank>;

// The row-major strides of an array of this shape.
Strides ContiguousStrides(const Shape& shape);

// y[i] = value, i < n.
template <typename T>
void Fill(T value, int64_t n, T* y);

// y[i] (=|+=) x[i], i < n.
template <typename T>
void Copy(const T* x, int64_t n, bool accumulate, T* y);

// y[i, j, ...] (=|+=) x[i, j, ...] for all indices within `shape`; element
// (i, j, ...) stands at i strides[0] + j strides[1] + ... . This is a
// transpose, a permutation, a slice (x points at its first element), a part of
// a concatenation (y does), and with accumulate the backward of any of them.
// Elements of y that no index names keep their value; none is named twice.
template <typename T>
void StridedCopy(const T* x, const Strides& x_strides, const Shape& shape, bool accumulate,
                 T* y, const Strides& y_strides);

// y (=|+=) x with its axes permuted: y's axis i is x's axis axes[i]. y is
// contiguous, of the permuted shape.
template <typename T>
void Permute(const T* x, const Shape& x_shape, const int* axes, bool accumulate, T* y);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_COPY_H_
