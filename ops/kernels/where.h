// Choosing between two arrays element by element, T float or double, with NumPy's broadcasting.
//
//   kernels::Where(condition, c_shape, a, a_shape, b, b_shape, y, y_shape);
//
// y_shape is one to which all three broadcast; CHECKed. y may be a or b if that has y's shape.
#ifndef HAIRPIN_OPS_KERNELS_WHERE_H_
#define HAIRPIN_OPS_KERNELS_WHERE_H_

#include <cstdint>

#include "tensor/shape.h"

namespace hairpin::kernels {

// y = a where condition is not 0, else b.
template <typename T>
void Where(const int32_t* condition, const Shape& condition_shape, const T* a,
           const Shape& a_shape, const T* b, const Shape& b_shape, T* y, const Shape& y_shape);

// Over y's shape: gradient (=|+=) dy where (condition is not 0) = of_a, else 0: a's, or b's.
template <typename T>
void WhereBackward(const int32_t* condition, const Shape& condition_shape, const T* dy, bool of_a,
                   bool accumulate, T* gradient, const Shape& y_shape);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_WHERE_H_
