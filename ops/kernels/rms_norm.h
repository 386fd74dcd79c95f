// Normalisation of rows by their root mean square, T float or double.
//
//   kernels::RmsNorm(x, weight, rows, n, 1e-5, y, rrms);
//
// x, y, dy, dx are [rows, n]; weight [n]; rrms [rows]. n >= 1. With xhat = x rrms,
// rrms = 1 / sqrt(mean(x^2) + eps) of the row: y = xhat weight. The weight's
// gradient is that of layer normalisation (layer_norm.h) with a mean of 0.
//
// Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.
#ifndef HAIRPIN_OPS_KERNELS_RMS_NORM_H_
#define HAIRPIN_OPS_KERNELS_RMS_NORM_H_

#include <cstdint>

namespace hairpin::kernels {

// Fills y and rrms. y may be x.
template <typename T>
void RmsNorm(const T* x, const T* weight, int64_t rows, int64_t n, double epsilon, T* y,
             T* rrms);

// With g = dy weight: dx (=|+=) rrms (g - xhat mean(g xhat)), the mean over the
// row. dx may be x or dy.
template <typename T>
void RmsNormBackward(const T* x, const T* weight, const T* rrms, const T* dy, int64_t rows,
                     int64_t n, bool accumulate, T* dx);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_RMS_NORM_H_
