// The logistic function and SiLU, forward and backward, T float or double.
//
//   kernels::Silu(x, n, y);
//   kernels::SiluBackward(x, dy, n, /*accumulate=*/false, dx);
//
// All arrays have n elements. `accumulate` adds to dx instead of overwriting it.
// Outputs may be one of the inputs (in place), but not overlap it otherwise.
#ifndef HAIRPIN_OPS_KERNELS_SIGMOID_H_
#define HAIRPIN_OPS_KERNELS_SIGMOID_H_

#include <cstdint>

namespace hairpin::kernels {

// y = s(x) = 1 / (1 + exp(-x)); dx = dy y (1 - y).
template <typename T>
void Sigmoid(const T* x, int64_t n, T* y);
template <typename T>
void SigmoidBackward(const T* y, const T* dy, int64_t n, bool accumulate, T* dx);

// y = x s(x), Hendrycks and Gimpel, "Gaussian error linear units", 2016;
// dx = dy s(x) (1 + x (1 - s(x))).
template <typename T>
void Silu(const T* x, int64_t n, T* y);
template <typename T>
void SiluBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_SIGMOID_H_
