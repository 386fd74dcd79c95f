// Powers with one constant exponent, forward and backward, T float or double.
//
//   kernels::Pow(x, 1.5, n, y);
//   kernels::PowBackward(x, dy, 1.5, n, /*accumulate=*/false, dx);
//
// All arrays have n elements. `accumulate` adds to dx instead of overwriting it.
// Outputs may be one of the inputs (in place), but not overlap it otherwise.
// Whole and half exponents up to 4 in magnitude are products and roots, within 4
// ulps; others are C's pow, an element at a time.
#ifndef HAIRPIN_OPS_KERNELS_POW_H_
#define HAIRPIN_OPS_KERNELS_POW_H_

#include <cstdint>

namespace hairpin::kernels {

// y = x^p. A negative x has a power for whole p only, else NaN.
template <typename T>
void Pow(const T* x, double exponent, int64_t n, T* y);

// dx (=|+=) dy p x^(p - 1), 0 where p is 0.
template <typename T>
void PowBackward(const T* x, const T* dy, double exponent, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_POW_H_
