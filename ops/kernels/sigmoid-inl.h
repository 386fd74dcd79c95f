// The logistic function of Highway vectors of float or double.
//
//   const hn::ScalableTag<float> d;
//   hn::StoreU(Sigmoid(d, hn::LoadU(d, x)), d, y);
//
// Within 3 ulps of the result for every x, the left tail included. NaN in, NaN
// out; 0 and 1 at the infinities.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_SIGMOID_INL_H_
#undef HAIRPIN_OPS_KERNELS_SIGMOID_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_SIGMOID_INL_H_
#endif

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// With e = exp(-|x|), which neither overflows nor cancels:
// 1 / (1 + e) right of 0, e / (1 + e) left of it.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Sigmoid(D d, V x) {
  const V one = hn::Set(d, hn::TFromD<D>(1));
  const V e = Exp(d, hn::Neg(hn::Abs(x)));
  const V top = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one);
  return hn::Div(top, hn::Add(one, e));
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_SIGMOID_INL_H_
