// Erf and NormalCdf of Highway vectors of float or double.
//
//   const hn::ScalableTag<float> d;
//   hn::StoreU(Erf(d, hn::LoadU(d, x)), d, y);
//
// Largest error of Erf in what erf_test samples: 1.1 ulps of the result, in f32 and in f64, with
// and without fused multiply-add. Special values follow C: NaN in, NaN out; erf(+-inf) = +-1; a
// zero keeps its sign. Where the polynomials come from: math-inl.h.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_ERF_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ERF_INL_H_
#undef HAIRPIN_OPS_KERNELS_ERF_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ERF_INL_H_
#endif

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// erf(z) / z - 1 as a polynomial in z^2, for |z| <= 1.
template <class D, class V>
HWY_INLINE V ErfSmall(D d, V square) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {  // 2^-34
    constexpr float c[] = {0.128379167f,   -0.376126385f,    0.112837825f,   -0.0268654307f,
                           0.00522103181f, -0.000848408041f, 0.00011265959f, -9.66704457e-6f};
    return Polynomial(d, square, c);
  } else {  // 2^-62
    constexpr double c[] = {0.128379167095512574,     -0.376126389031837481,
                            0.112837916709548787,     -0.0268661706450767932,
                            0.00522397762481801447,   -0.000854832698083378991,
                            0.000120553311116427109,  -1.49255952668311816e-5,
                            1.6461000484121368e-6,    -1.6350312701054695e-7,
                            1.46597752740474358e-8,   -1.13728488566917737e-9,
                            5.9571761477489114e-11};
    return Polynomial(d, square, c);
  }
}

// erfc(z) for z >= 1, given exp(-z^2): exp(-z^2) P((z - c) / (z + c)) / (z + c).
// Relative error of the approximation: f32 2^-30 up to z = 5, f64 2^-58 up to
// 6.5; beyond, erfc is below 2e-12 and 4e-20, and what is returned below that.
template <class D, class V>
HWY_INLINE V ErfcLarge(D d, V z, V exp_minus_square) {
  using T = hn::TFromD<D>;
  constexpr T kCenter = sizeof(T) == 4 ? T(3) : T(4);
  constexpr T kMax = sizeof(T) == 4 ? T(5) : T(6.5);
  z = hn::IfThenElse(hn::Gt(z, hn::Set(d, kMax)), hn::Set(d, kMax), z);
  const V center = hn::Set(d, kCenter);
  const V inverse = hn::Div(hn::Set(d, T(1)), hn::Add(z, center));
  const V q = hn::Mul(hn::Sub(z, center), inverse);
  const V scale = hn::Mul(inverse, exp_minus_square);
  if constexpr (sizeof(T) == 4) {
    constexpr float c[] = {1.07400691f,  -0.88339446f,   0.59022849f,     -0.310466387f,
                           0.119523884f, -0.0268566235f, -0.00121472364f, 0.00330044559f};
    return hn::Mul(scale, Polynomial(d, q, c));
  } else {
    constexpr double c[] = {1.09599566100049112,     -0.976548729080881965,
                            0.773208702265235273,    -0.5408538313132461,
                            0.330851587878301301,    -0.174010937238413772,
                            0.0763815148934485496,   -0.0263700534372383184,
                            0.00611205596704201196,  -0.000280955965277851858,
                            -0.000455052046121137371, 0.000176775869339922684,
                            -3.72165944084236792e-6, -1.87736747304867332e-5,
                            5.3639485897102193e-6,   2.56638478127133331e-6,
                            -5.38904858416129847e-8};
    return hn::Mul(scale, Polynomial(d, q, c));
  }
}

// |z| <= 1: z + z S(z^2), else 1 - erfc|z| with z's sign.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erf(D d, V x) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T(1));
  const V magnitude = hn::Abs(x);
  const V square = hn::Mul(x, x);
  const V small = hn::MulAdd(x, ErfSmall(d, square), x);
  const V large = hn::Sub(one, ErfcLarge(d, magnitude, Exp(d, hn::Neg(square))));
  const V y = hn::IfThenElse(hn::Gt(magnitude, one), hn::CopySign(large, x), small);
  return hn::IfThenElse(hn::Eq(x, x), y, x);
}

// Phi(x) = (1 + erf(x / sqrt 2)) / 2, the normal distribution, without loss of
// digits where it is small (relative error grows with x^2 there, as that of
// exp(-x^2 / 2) does). Also sets density_scale = exp(-x^2 / 2), which is
// sqrt(2 pi) times Phi'(x).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalCdf(D d, V x, V& density_scale) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T(1)), half = hn::Set(d, T(0.5));
  const V z = hn::Mul(x, hn::Set(d, T(0.70710678118654752440)));
  const V magnitude = hn::Abs(z);
  density_scale = Exp(d, hn::Neg(hn::Mul(hn::Mul(x, x), half)));
  const V small = hn::MulAdd(half, hn::MulAdd(z, ErfSmall(d, hn::Mul(z, z)), z), half);
  const V tail = hn::Mul(half, ErfcLarge(d, magnitude, density_scale));
  const V large = hn::IfThenElse(hn::Gt(z, hn::Zero(d)), hn::Sub(one, tail), tail);
  const V y = hn::IfThenElse(hn::Gt(magnitude, one), large, small);
  return hn::IfThenElse(hn::Eq(x, x), y, x);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ERF_INL_H_
