// The normal distribution of Highway vectors of float or double.
//
//   V density_scale;
//   const V tail = NormalTail(d, t, density_scale);
//
// Once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_NORMAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_NORMAL_INL_H_
#undef HAIRPIN_OPS_KERNELS_NORMAL_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_NORMAL_INL_H_
#endif

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Where exp(-t^2 / 2) leaves the normal numbers: sqrt(2 bias ln 2).
template <typename T>
constexpr T kNormalTailEnd = sizeof(T) == 4 ? T(13.2687) : T(37.659);

// Mills' ratio R(t) = Phi(-t) exp(t^2 / 2) as P(t) / Q(t), all coefficients positive, so that no
// digits cancel.
template <class D, class V>
HWY_INLINE void MillsRatio(D d, V t, V& p, V& q) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {  // relative error 2^-27
    constexpr float cp[] = {0.5f, 0.434757464f, 0.180576754f, 0.0397260612f, 0.00397853406f};
    constexpr float cq[] = {1.0f,         1.66739975f,   1.19154272f,
                            0.462443171f, 0.0995859827f, 0.00997256025f};
    p = Polynomial(d, t, cp);
    q = Polynomial(d, t, cq);
  } else {  // 2^-59
    constexpr double cp[] = {0.5,
                             0.825422113058086526,
                             0.675650731636395257,
                             0.354253039352408616,
                             0.130511468113855693,
                             0.0351390510899741105,
                             0.00699218849648160181,
                             0.00101652705057054505,
                             0.000103711680839850775,
                             6.75114374623673462e-6,
                             2.1545069925836694e-7};
    constexpr double cq[] = {1.0,
                             2.44872878691903848,
                             2.8051043559490177,
                             1.98825266256555673,
                             0.971134491581100018,
                             0.344156012901224146,
                             0.090594749559844251,
                             0.0177857038987411889,
                             0.00256497805491753447,
                             0.0002605066864136311,
                             1.69226078004495077e-5,
                             5.40054814549893874e-7};
    p = Polynomial(d, t, cp);
    q = Polynomial(d, t, cq);
  }
}

// Phi(-t) = erfc(t / sqrt 2) / 2, the left tail of the normal distribution, for t in
// [0, kNormalTailEnd] or NaN. Also sets density_scale = exp(-t^2 / 2), which is sqrt(2 pi) times
// Phi'(t). One formula for all t and one division.
//
// Largest error in what normal_test samples, in f32 and in f64: 3.5 + t^2 ulps of the result,
// for t^2 is rounded before exp. Where the density is no normal number both are 0.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalTail(D d, V t, V& density_scale) {
  using T = hn::TFromD<D>;
  const V exponent = hn::Mul(hn::Mul(t, hn::Set(d, T(-0.72134752044448170368))), t);  // log2(e) / 2
  density_scale = Exp2Bounded(d, exponent);
  V p, q;
  MillsRatio(d, t, p, q);
  return hn::Div(hn::Mul(density_scale, p), q);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_NORMAL_INL_H_
