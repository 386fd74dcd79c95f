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

#include <cmath>
#include <cstdint>

namespace hairpin::kernels {

// How a power is computed. Where 2p is a whole number of at most 8: x^whole by
// products, times sqrt(x) if p is a half, and one divided by that if p is negative.
struct PowerPath {
  explicit PowerPath(double exponent) {
    const double magnitude = std::abs(exponent);
    by_products = magnitude <= 4 && 2 * magnitude == std::floor(2 * magnitude);
    if (!by_products) return;
    whole = static_cast<int>(magnitude);
    half = magnitude > whole;
    inverse = exponent < 0;
  }
  bool by_products = false;
  int whole = 0;
  bool half = false, inverse = false;
};

// y = x^p. A negative x has a power for whole p only, else NaN.
template <typename T>
void Pow(const T* x, double exponent, int64_t n, T* y);

// dx (=|+=) dy p x^(p - 1), 0 where p is 0.
template <typename T>
void PowBackward(const T* x, const T* dy, double exponent, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_POW_H_
