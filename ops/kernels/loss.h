// Losses that are sums over elements of two arrays, T float or double.
//
//   const double loss = kernels::SquaredError(x, target, n) / n;
//   kernels::SquaredErrorBackward(x, target, 1.0 / n, n, /*accumulate=*/false, dx);
//
// All arrays have n elements. Sums run in double, in fixed blocks, so that the
// bits are the same for any number of threads. `accumulate` adds to dx instead
// of overwriting it; dx may be x or target.
#ifndef HAIRPIN_OPS_KERNELS_LOSS_H_
#define HAIRPIN_OPS_KERNELS_LOSS_H_

#include <cstdint>

namespace hairpin::kernels {

// sum (x - target)^2.
template <typename T>
double SquaredError(const T* x, const T* target, int64_t n);
// dx (=|+=) factor 2 (x - target).
template <typename T>
void SquaredErrorBackward(const T* x, const T* target, double factor, int64_t n, bool accumulate,
                          T* dx);

// sum log(1 + exp(x)) - target x: the cross-entropy of s(x) = 1 / (1 + exp(-x))
// and target. Finite for every finite x.
template <typename T>
double BceWithLogits(const T* x, const T* target, int64_t n);
// dx (=|+=) factor (s(x) - target).
template <typename T>
void BceWithLogitsBackward(const T* x, const T* target, double factor, int64_t n,
                           bool accumulate, T* dx);

// sum f(x - target), f(d) = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2; beta > 0.
template <typename T>
double SmoothL1(const T* x, const T* target, double beta, int64_t n);
// dx (=|+=) factor clamp((x - target) / beta, -1, 1).
template <typename T>
void SmoothL1Backward(const T* x, const T* target, double beta, double factor, int64_t n,
                      bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_LOSS_H_
