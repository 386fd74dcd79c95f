// The Gaussian error linear unit, forward and backward, T float or double.
//
//   kernels::Gelu(x, n, y);
//   kernels::GeluBackward(x, dy, n, /*accumulate=*/false, dx);
//
// All arrays have n elements. `accumulate` adds to dx instead of overwriting it.
// Outputs may be one of the inputs (in place), but not overlap it otherwise.
#ifndef HAIRPIN_OPS_KERNELS_GELU_H_
#define HAIRPIN_OPS_KERNELS_GELU_H_

#include <cstdint>

namespace hairpin::kernels {

// y = x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2, the exact form of
// Hendrycks and Gimpel, "Gaussian error linear units", 2016;
// dx = dy (Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)).
template <typename T>
void Gelu(const T* x, int64_t n, T* y);
template <typename T>
void GeluBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_GELU_H_
