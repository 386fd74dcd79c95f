// One pass over a parameter, its gradient and its state, for optimizers:
//
//   UpdateArrays<T>(update, n, gradient, parameter, m, v);
//
// calls update(d, g, p, m, v) with vectors, which changes p, m and v. Any number
// of states.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_UPDATE_INL_H_
#undef HAIRPIN_OPS_KERNELS_UPDATE_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_UPDATE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/prefetch.h"
#include "ops/kernels/vector_util-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int64_t kUpdateBlock = 16384;  // elements

// Elements [begin, end); `changed` are the parameter and the states.
template <typename T, class F, class... C>
HWY_INLINE void UpdateRange(const F& update, int64_t begin, int64_t end, const T* gradient,
                            C*... changed) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = begin;
  for (; i + lanes <= end; i += lanes) {
    PrefetchAhead(gradient + i);
    (PrefetchAheadForWrite(changed + i), ...);
    const auto one = [&](auto... v) HWY_ATTR {
      update(d, hn::LoadU(d, gradient + i), v...);
      (hn::StoreU(v, d, changed + i), ...);
    };
    one(hn::LoadU(d, changed + i)...);
  }
  if (i < end) {
    const size_t rest = static_cast<size_t>(end - i);
    const auto last = [&](auto... v) HWY_ATTR {
      update(d, LoadFirst(d, gradient + i, rest), v...);
      (StoreFirst(v, d, changed + i, rest), ...);
    };
    last(LoadFirst(d, changed + i, rest)...);
  }
}

template <typename T, class F, class... C>
void UpdateArrays(const F& update, int64_t n, const T* gradient, C*... changed) {
  ParallelFor(CeilDiv(n, kUpdateBlock), [&](int64_t block, int) HWY_ATTR {
    const int64_t begin = block * kUpdateBlock;
    UpdateRange(update, begin, std::min(n, begin + kUpdateBlock), gradient, changed...);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_UPDATE_INL_H_
