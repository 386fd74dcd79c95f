// Sums of arrays, T float or double.
//
//   kernels::SumToShape(x, Shape({8, 64, 192}), 1.0, false, y, Shape({192}));
//
// A sum's order is fixed by the shapes alone: spans of 16,384 elements are
// summed in double and then one after another, so the bits are the same for any
// number of threads, and those of one output don't depend on how many there are.
#ifndef HAIRPIN_OPS_KERNELS_REDUCE_H_
#define HAIRPIN_OPS_KERNELS_REDUCE_H_

#include <cstdint>

#include "tensor/shape.h"

namespace hairpin::kernels {

// y (=|+=) scale * (x summed over every axis in which y_shape, aligned at its
// end with x_shape, is absent or 1). This is the sum and (scale = 1 / count) the
// mean over any set of axes, and what undoes broadcasting. CHECKs that y_shape
// broadcasts to x_shape. x and y don't overlap. An empty sum is 0.
template <typename T>
void SumToShape(const T* x, const Shape& x_shape, double scale, bool accumulate, T* y,
                const Shape& y_shape);

// The sum of x[i]^2, i < n, in double.
template <typename T>
double SumOfSquares(const T* x, int64_t n);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_REDUCE_H_
