// Sums over spans of f of one or more arrays, in double, in an order that the
// length alone fixes: blocks of 16,384 elements, then one block after another.
//
//   const double squares = SumSpan(n, [](auto, auto v) { return hn::Mul(v, v); }, x);
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_SUM_INL_H_
#undef HAIRPIN_OPS_KERNELS_SUM_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_SUM_INL_H_
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

inline constexpr int64_t kSumBlock = 16384;  // elements
inline constexpr int64_t kSumGroup = 256;    // blocks whose partial sums stand on the stack

// As many lanes of T as of double, promoted.
template <class D>
HWY_INLINE hn::Vec<D> Promoted(D d, const double* x) {
  return hn::LoadU(d, x);
}
template <class D>
HWY_INLINE hn::Vec<D> Promoted(D d, const float* x) {
  const hn::Rebind<float, D> df;
  return hn::PromoteTo(d, hn::LoadU(df, x));
}
template <class D>
HWY_INLINE hn::Vec<D> PromotedFirst(D d, const double* x, size_t n) {
  return LoadFirst(d, x, n);
}
template <class D>
HWY_INLINE hn::Vec<D> PromotedFirst(D d, const float* x, size_t n) {
  const hn::Rebind<float, D> df;
  return hn::PromoteTo(d, LoadFirst(df, x, n));
}

// The sum of f(d, x_0[i], x_1[i], ...), i < n <= kSumBlock, f of doubles.
template <class F, typename... T>
HWY_INLINE double SumBlock(int64_t n, const F& f, const T*... x) {
  const hn::ScalableTag<double> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    (PrefetchAhead(x + i), ...);
    (PrefetchAhead(x + i + 2 * lanes), ...);
    s0 = hn::Add(s0, f(d, Promoted(d, x + i)...));
    s1 = hn::Add(s1, f(d, Promoted(d, x + i + lanes)...));
    s2 = hn::Add(s2, f(d, Promoted(d, x + i + 2 * lanes)...));
    s3 = hn::Add(s3, f(d, Promoted(d, x + i + 3 * lanes)...));
  }
  for (; i + lanes <= n; i += lanes) s0 = hn::Add(s0, f(d, Promoted(d, x + i)...));
  if (i < n) {
    const size_t rest = static_cast<size_t>(n - i);
    const auto last = f(d, PromotedFirst(d, x + i, rest)...);
    s1 = hn::Add(s1, hn::IfThenElseZero(hn::FirstN(d, rest), last));
  }
  return SumLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

// The same for any n: blocks in parallel, their sums added in order.
template <class F, typename... T>
HWY_INLINE double SumSpan(int64_t n, const F& f, const T*... x) {
  double total = 0;
  double partial[kSumGroup];
  const int64_t blocks = CeilDiv(n, kSumBlock);
  for (int64_t first = 0; first < blocks; first += kSumGroup) {
    const int64_t group = std::min(kSumGroup, blocks - first);
    ParallelFor(group, [&](int64_t block, int) HWY_ATTR {
      const int64_t begin = (first + block) * kSumBlock;
      partial[block] = SumBlock(std::min(kSumBlock, n - begin), f, (x + begin)...);
    });
    for (int64_t block = 0; block < group; ++block) total += partial[block];
  }
  return total;
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_SUM_INL_H_
