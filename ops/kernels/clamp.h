// Values kept within bounds, T float or double.
//
//   kernels::Clamp(-1.0, 1.0, n, gradient);
#ifndef HAIRPIN_OPS_KERNELS_CLAMP_H_
#define HAIRPIN_OPS_KERNELS_CLAMP_H_

#include <cstdint>

namespace hairpin::kernels {

// x = min(max(x, low), high), low <= high, of n elements; a NaN stays one.
template <typename T>
void Clamp(double low, double high, int64_t n, T* x);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CLAMP_H_
