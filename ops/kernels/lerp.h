// Steps of a moving average, T float or double.
//
//   kernels::Lerp(x, 1.0, 0.001, n, average);   // an average of decay 0.999
#ifndef HAIRPIN_OPS_KERNELS_LERP_H_
#define HAIRPIN_OPS_KERNELS_LERP_H_

#include <cstdint>

namespace hairpin::kernels {

// y = y + weight (factor x - y), as PyTorch's lerp_ of y and factor x; n elements each, which
// don't overlap.
template <typename T>
void Lerp(const T* x, double factor, double weight, int64_t n, T* y);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_LERP_H_
