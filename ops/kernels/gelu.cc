#include "ops/kernels/gelu.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/gelu.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/normal-inl.h"
#include "ops/kernels/sigmoid-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// With t = |x| and the tail Phi(-t) both sides of 0 are one formula:
//   x Phi(x) = max(x, 0) - t Phi(-t),
// and of the slope Phi(x) + x Phi'(x) the left half is u = Phi(-t) - t Phi'(t), the right 1 - u.
struct GeluKernel {
  // Beyond the end Phi(-t) is 0, and a larger t would make infinity times 0.
  template <class D, class V>
  static HWY_INLINE V Clamp(D d, V x) {
    const V t = hn::Abs(x), end = hn::Set(d, kNormalTailEnd<hn::TFromD<D>>);
    return hn::IfThenElse(hn::Gt(t, end), end, t);  // a NaN passes
  }
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    const V t = Clamp(d, x);
    V density_scale;
    return hn::NegMulAdd(t, NormalTail(d, t, density_scale), hn::Max(x, hn::Zero(d)));
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D d, V x, V dy) {
    using T = hn::TFromD<D>;
    const V t = Clamp(d, x);
    V density_scale;
    const V tail = NormalTail(d, t, density_scale);
    const V scaled = hn::Mul(t, hn::Set(d, T(0.39894228040143267794)));  // 1 / sqrt(2 pi)
    const V u = hn::NegMulAdd(scaled, density_scale, tail);
    const V right = hn::Sub(hn::Set(d, T(1)), u);
    return hn::Mul(dy, hn::IfThenElse(hn::Lt(x, hn::Zero(d)), u, right));
  }
};

// (1 + tanh u) / 2 = s(2u) with the logistic s, which keeps the digits of the
// left tail. Past +-30 both s(2u) and its slope are constant in either format,
// and a larger x would make infinity times 0 of the slope.
struct GeluTanhKernel {
  template <class D, class V>
  static HWY_INLINE V Clamp(D d, V x) {
    const V limit = hn::Set(d, hn::TFromD<D>(30));
    x = hn::IfThenElse(hn::Gt(x, limit), limit, x);  // a NaN passes
    return hn::IfThenElse(hn::Lt(x, hn::Neg(limit)), hn::Neg(limit), x);
  }
  // 2u = x (c1 + c3 x^2).
  static constexpr double kC1 = 2 * 0.79788456080286535588;
  static constexpr double kC3 = kC1 * 0.044715;

  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    using T = hn::TFromD<D>;
    const V z = Clamp(d, x);
    const V slope = hn::MulAdd(hn::Mul(z, z), hn::Set(d, T(kC3)), hn::Set(d, T(kC1)));
    return hn::Mul(x, Sigmoid(d, hn::Mul(z, slope)));
  }
  // d(2u)/dx = c1 + 3 c3 x^2.
  template <class D, class V>
  static HWY_INLINE V Backward(D d, V x, V dy) {
    using T = hn::TFromD<D>;
    const V z = Clamp(d, x), c1 = hn::Set(d, T(kC1)), square = hn::Mul(z, z);
    const V s = Sigmoid(d, hn::Mul(z, hn::MulAdd(square, hn::Set(d, T(kC3)), c1)));
    const V inner = hn::MulAdd(square, hn::Set(d, T(3 * kC3)), c1);
    const V rest = hn::Sub(hn::Set(d, T(1)), s);
    return hn::Mul(dy, hn::Mul(s, hn::MulAdd(hn::Mul(z, inner), rest, hn::Set(d, T(1)))));
  }
};

HAIRPIN_UNARY_KERNEL(Gelu)
HAIRPIN_UNARY_KERNEL(GeluTanh)

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HAIRPIN_EXPORT_UNARY_KERNEL(Gelu)
HAIRPIN_EXPORT_UNARY_KERNEL(GeluTanh)

}  // namespace hairpin
#endif
