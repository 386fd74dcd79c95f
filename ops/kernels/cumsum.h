// Cumulative sums along one axis, T float or double.
//
//   kernels::Cumsum(x, outer, n, inner, /*from_end=*/false, /*accumulate=*/false, y);
//
// x and y are [outer, n, inner]: y[o, k, i] (=|+=) sum of x[o, j, i] over j <= k, or over j >= k
// from the end, which is the gradient of the former. Sums run in double.
#ifndef HAIRPIN_OPS_KERNELS_CUMSUM_H_
#define HAIRPIN_OPS_KERNELS_CUMSUM_H_

#include <cstdint>

namespace hairpin::kernels {

// y may be x.
template <typename T>
void Cumsum(const T* x, int64_t outer, int64_t n, int64_t inner, bool from_end, bool accumulate,
            T* y);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CUMSUM_H_
