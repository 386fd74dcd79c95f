// Maxima of arrays, T float or double.
//
//   kernels::MaxToShape(x, Shape({8, 64, 192}), y, Shape({8, 1, 192}));
#ifndef HAIRPIN_OPS_KERNELS_MAX_H_
#define HAIRPIN_OPS_KERNELS_MAX_H_

#include "tensor/shape.h"

namespace hairpin::kernels {

// y = the largest of x over every axis in which y_shape, aligned at its end with
// x_shape, is absent or 1. CHECKs that y_shape broadcasts to x_shape. NaN if one
// of them is. x and y don't overlap. y_shape is of no elements if x_shape is.
template <typename T>
void MaxToShape(const T* x, const Shape& x_shape, T* y, const Shape& y_shape);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MAX_H_
