// Elementwise functions of one array, forward and backward, T float or double.
//
//   kernels::Exp(x, n, y);                                      // y = exp(x)
//   kernels::ExpBackward(y, dy, n, /*accumulate=*/false, dx);   // dx = dy y
//
// Each backward names what it wants saved: the input x or the output y. All
// arrays have n elements. `accumulate` adds to dx instead of overwriting it.
// Outputs may be one of the inputs (in place), but not overlap it otherwise.
#ifndef HAIRPIN_OPS_KERNELS_UNARY_H_
#define HAIRPIN_OPS_KERNELS_UNARY_H_

#include <cstdint>

namespace hairpin::kernels {

// y (=|+=) factor x; also its own backward.
template <typename T>
void Scale(const T* x, double factor, int64_t n, bool accumulate, T* y);

// y = exp(x); dx = dy y.
template <typename T>
void Exp(const T* x, int64_t n, T* y);
template <typename T>
void ExpBackward(const T* y, const T* dy, int64_t n, bool accumulate, T* dx);

// y = ln(x); dx = dy / x.
template <typename T>
void Log(const T* x, int64_t n, T* y);
template <typename T>
void LogBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx);

// y = sqrt(x); dx = dy / (2 y).
template <typename T>
void Sqrt(const T* x, int64_t n, T* y);
template <typename T>
void SqrtBackward(const T* y, const T* dy, int64_t n, bool accumulate, T* dx);

// y = tanh(x); dx = dy (1 - y^2).
template <typename T>
void Tanh(const T* x, int64_t n, T* y);
template <typename T>
void TanhBackward(const T* y, const T* dy, int64_t n, bool accumulate, T* dx);

// y = max(x, 0); dx = dy where y > 0, else 0. A NaN stays one.
template <typename T>
void Relu(const T* x, int64_t n, T* y);
template <typename T>
void ReluBackward(const T* y, const T* dy, int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_UNARY_H_
