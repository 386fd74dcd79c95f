// The logarithm of softmax over an axis, T float or double. Arrays are [outer, n,
// inner]; the axis is the middle one, so inner = 1 for the last axis (the fast
// case).
//
//   kernels::LogSoftmax(x, 512, 64, 1, y);
//
// The largest element is subtracted first, so nothing overflows. A column of
// -infinity alone gives NaN, as in PyTorch. Outputs may be the inputs.
#ifndef HAIRPIN_OPS_KERNELS_LOG_SOFTMAX_H_
#define HAIRPIN_OPS_KERNELS_LOG_SOFTMAX_H_

#include <cstdint>

namespace hairpin::kernels {

// y = (x - max x) - log sum exp(x - max x).
template <typename T>
void LogSoftmax(const T* x, int64_t outer, int64_t n, int64_t inner, T* y);

// dx (=|+=) dy - exp(y) sum(dy).
template <typename T>
void LogSoftmaxBackward(const T* y, const T* dy, int64_t outer, int64_t n, int64_t inner,
                        bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_LOG_SOFTMAX_H_
