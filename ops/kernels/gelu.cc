#include "ops/kernels/gelu.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/gelu.cc"
#include "hwy/foreach_target.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

struct GeluKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    V density_scale;
    return hn::Mul(x, NormalCdf(d, x, density_scale));
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D d, V x, V dy) {
    V density_scale;
    const V cdf = NormalCdf(d, x, density_scale);
    const V density = hn::Mul(density_scale, hn::Set(d, hn::TFromD<D>(0.39894228040143267794)));
    return hn::Mul(dy, hn::MulAdd(x, density, cdf));
  }
};

HAIRPIN_UNARY_KERNEL(Gelu)

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HAIRPIN_EXPORT_UNARY_KERNEL(Gelu)

}  // namespace hairpin
#endif
