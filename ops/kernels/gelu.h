// The Gaussian error linear unit, exact and by tanh, forward and backward, T
// float or double.
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

// y = x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3), the approximation
// of the same paper; dx = dy s (1 + x (1 - s) 2u'), s = (1 + tanh u) / 2.
template <typename T>
void GeluTanh(const T* x, int64_t n, T* y);
template <typename T>
void GeluTanhBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_GELU_H_
