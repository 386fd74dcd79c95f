#include "ops/kernels/sigmoid.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/sigmoid.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/sigmoid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

struct SigmoidKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return Sigmoid(d, x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D, V y, V dy) {
    return hn::Mul(dy, hn::NegMulAdd(y, y, y));
  }
};

struct SiluKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return hn::Mul(x, Sigmoid(d, x));
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D d, V x, V dy) {
    const V one = hn::Set(d, hn::TFromD<D>(1));
    const V s = Sigmoid(d, x);
    return hn::Mul(dy, hn::Mul(s, hn::MulAdd(x, hn::Sub(one, s), one)));
  }
};

HAIRPIN_UNARY_KERNEL(Sigmoid)
HAIRPIN_UNARY_KERNEL(Silu)

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HAIRPIN_EXPORT_UNARY_KERNEL(Sigmoid)
HAIRPIN_EXPORT_UNARY_KERNEL(Silu)

}  // namespace hairpin
#endif
