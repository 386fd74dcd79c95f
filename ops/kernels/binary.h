// Elementwise functions of two arrays with NumPy's broadcasting, T float or
// double.
//
//   kernels::Add(a, Shape({8, 64, 192}), b, Shape({192}), false, y, Shape({8, 64, 192}));
//
// y_shape is what a's and b's shapes broadcast to (at most 6 axes), or any
// larger shape to which both broadcast; CHECKed. `accumulate` adds to y. y may
// be a or b if that has y's shape.
//
// Backward needs no kernels of its own: of y = a + b, a - b, a b the gradients
// are dy, -dy, dy b, dy a over y's shape, and of a / b Divide(dy, b) and
// DivideBackwardDivisor. Where an input was broadcast, SumToShape (reduce.h)
// takes the gradient back to its shape.
#ifndef HAIRPIN_OPS_KERNELS_BINARY_H_
#define HAIRPIN_OPS_KERNELS_BINARY_H_

#include "tensor/shape.h"

namespace hairpin::kernels {

// y (=|+=) a + b.
template <typename T>
void Add(const T* a, const Shape& a_shape, const T* b, const Shape& b_shape,
                bool accumulate, T* y, const Shape& y_shape);

// y (=|+=) a - b.
template <typename T>
void Subtract(const T* a, const Shape& a_shape, const T* b, const Shape& b_shape,
                     bool accumulate, T* y, const Shape& y_shape);

// y (=|+=) a b.
template <typename T>
void Multiply(const T* a, const Shape& a_shape, const T* b, const Shape& b_shape,
                     bool accumulate, T* y, const Shape& y_shape);

// y (=|+=) a / b.
template <typename T>
void Divide(const T* a, const Shape& a_shape, const T* b, const Shape& b_shape,
                   bool accumulate, T* y, const Shape& y_shape);

// y (=|+=) 1 where a = b, else 0.
template <typename T>
void Equal(const T* a, const Shape& a_shape, const T* b, const Shape& b_shape, bool accumulate,
           T* y, const Shape& y_shape);

// For y = a / b: db (=|+=) -dy y / b, over y's shape; dy, y and db have
// y_shape, b broadcasts to it.
template <typename T>
void DivideBackwardDivisor(const T* dy, const T* y, const T* b, const Shape& b_shape,
                           bool accumulate, T* db, const Shape& y_shape);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_BINARY_H_
