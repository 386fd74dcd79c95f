// Softmax over an axis, T float or double. Arrays are [outer, n, inner]; the
// axis is the middle one, so inner = 1 for the last axis (the fast case).
//
//   kernels::Softmax(x, 512, 64, 1, y);
//
// The largest element is subtracted first, so nothing overflows. A column of
// -infinity alone gives NaN, as in PyTorch. Outputs may be the inputs.
#ifndef HAIRPIN_OPS_KERNELS_SOFTMAX_H_
#define HAIRPIN_OPS_KERNELS_SOFTMAX_H_

#include <cstdint>

namespace hairpin::kernels {

// y = exp(x - max x) / sum exp(x - max x).
template <typename T>
void Softmax(const T* x, int64_t outer, int64_t n, int64_t inner, T* y);

// dx (=|+=) y (dy - sum(dy y)).
template <typename T>
void SoftmaxBackward(const T* y, const T* dy, int64_t outer, int64_t n, int64_t inner,
                     bool accumulate, T* dx);

// y[row] = ln sum exp(x[row, :]), x [rows, n], n >= 1.
template <typename T>
void LogSumExp(const T* x, int64_t rows, int64_t n, T* y);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_SOFTMAX_H_
