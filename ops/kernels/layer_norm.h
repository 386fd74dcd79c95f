// Layer normalisation of rows, T float or double.
//
//   kernels::LayerNorm(x, weight, bias, rows, n, 1e-5, y, mean, rstd);
//
// x, y, dy, dx are [rows, n]; weight, bias, dweight, dbias [n]; mean, rstd
// [rows]. n >= 1. With xhat = (x - mean) rstd, rstd = 1 / sqrt(variance + eps)
// and the biased variance of the row: y = xhat weight + bias.
//
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
#ifndef HAIRPIN_OPS_KERNELS_LAYER_NORM_H_
#define HAIRPIN_OPS_KERNELS_LAYER_NORM_H_

#include <cstdint>

namespace hairpin::kernels {

// Fills y, mean and rstd. y may be x.
template <typename T>
void LayerNorm(const T* x, const T* weight, const T* bias, int64_t rows, int64_t n,
               double epsilon, T* y, T* mean, T* rstd);

// With g = dy weight: dx (=|+=) rstd (g - mean(g) - xhat mean(g xhat)), means
// over the row. dx may be x or dy.
template <typename T>
void LayerNormBackward(const T* x, const T* weight, const T* mean, const T* rstd, const T* dy,
                       int64_t rows, int64_t n, bool accumulate, T* dx);

// dweight (=|+=) sum over rows of dy xhat; dbias (=|+=) sum over rows of dy.
// Either may be null; so may mean, for 0 (RMS norm). Rows are added in a fixed
// order, for any number of threads.
template <typename T>
void LayerNormBackwardParameters(const T* x, const T* mean, const T* rstd, const T* dy,
                                 int64_t rows, int64_t n, bool accumulate_weight, T* dweight,
                                 bool accumulate_bias, T* dbias);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_LAYER_NORM_H_
