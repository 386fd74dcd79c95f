// Vectors at the end of an array: whole vectors, of which the first n lanes are
// real. The same arithmetic then serves every element, so that an element's
// bits never depend on where in the array it stands.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_VECTOR_UTIL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_VECTOR_UTIL_INL_H_
#undef HAIRPIN_OPS_KERNELS_VECTOR_UTIL_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_VECTOR_UTIL_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The first n lanes from p, n <= Lanes(d); the others are `rest`. Reads exactly
// p[0, n). (Highway's MaskedLoad may read more on older targets.)
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> LoadFirst(D d, const T* p, size_t n, T rest = T(0)) {
  HWY_ALIGN T lanes[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(hn::Set(d, rest), d, lanes);
  for (size_t i = 0; i < n; ++i) lanes[i] = p[i];
  return hn::Load(d, lanes);
}

// Writes the first n lanes of v, and nothing else, to p[0, n).
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE void StoreFirst(hn::Vec<D> v, D d, T* p, size_t n) {
  HWY_ALIGN T lanes[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(v, d, lanes);
  for (size_t i = 0; i < n; ++i) p[i] = lanes[i];
}

// The sum of all lanes, as a number.
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE T SumLanes(D d, hn::Vec<D> v) {
  return hn::GetLane(hn::SumOfLanes(d, v));
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_VECTOR_UTIL_INL_H_
