// Exp, Log and Tanh of Highway vectors of float or double, and a cheap 2^x. The normal
// distribution is in normal-inl.h.
//
//   const hn::ScalableTag<float> d;
//   hn::StoreU(Exp(d, hn::LoadU(d, x)), d, y);
//
// Largest error in ulps of the result, over what math_test samples (f32: one in
// 4099 of all floats; f64: dense grids), with and without fused multiply-add:
//
//   Exp 1 | Log 1 | Tanh 2.5 | ExpBounded 1 | Exp2Bounded 1.2 | both in f32 and in f64
//
// Special values follow C: NaN in, NaN out; exp(-inf) = 0; log(0) = -inf;
// log(x < 0) = NaN; tanh(+-inf) = +-1; a zero keeps its sign;
// results that are subnormal are rounded once, and overflow gives infinity.
//
// All polynomials interpolate their function at Chebyshev nodes, in 60 digits;
// the bound beside each is the largest difference found between nodes.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATH_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATH_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATH_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// What differs between the two formats.
template <typename T>
struct FloatFormat;

template <>
struct FloatFormat<float> {
  using Bits = uint32_t;
  static constexpr int kMantissaBits = 23;
  static constexpr Bits kExponentBias = 127;
  static constexpr Bits kOne = 0x3F800000;       // the bits of 1
  static constexpr Bits kSqrtHalf = 0x3F3504F3;  // the bits of sqrt(1/2)
  // Adding it rounds to an integer, which then stands in the low mantissa bits.
  static constexpr float kRound = 0x1.8p23f;
  // ln 2 = high + low; high has 15 bits, so exponent * high is exact.
  static constexpr float kLn2High = 0x1.62e4p-1f;
  static constexpr float kLn2Low = 1.4286068203094172e-6f;
  // exp is infinite above, zero below.
  static constexpr float kExpMax = 89.0f, kExpMin = -104.0f;
  static constexpr float kTanhMax = 20.0f;  // of 2x: tanh is 1 above
};

template <>
struct FloatFormat<double> {
  using Bits = uint64_t;
  static constexpr int kMantissaBits = 52;
  static constexpr Bits kExponentBias = 1023;
  static constexpr Bits kOne = 0x3FF0000000000000;
  static constexpr Bits kSqrtHalf = 0x3FE6A09E667F3BCD;
  static constexpr double kRound = 0x1.8p52;
  static constexpr double kLn2High = 0x1.62e42ffp-1;  // 29 bits
  static constexpr double kLn2Low = -4.2009150726810847e-11;
  static constexpr double kExpMax = 710.0, kExpMin = -746.0;
  static constexpr double kTanhMax = 42.0;
};

// c[0] + x (c[1] + x (c[2] + ...)).
template <class D, class V, typename T, size_t kN>
HWY_INLINE V Polynomial(D d, V x, const T (&c)[kN]) {
  V sum = hn::Set(d, c[kN - 1]);
  for (size_t i = kN - 1; i-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, c[i]));
  return sum;
}

// 2^k for the k that `rounded` = k + kRound holds; k within the exponents of
// normal numbers.
template <class D, class V>
HWY_INLINE V PowerOfTwo(D d, V rounded) {
  using F = FloatFormat<hn::TFromD<D>>;
  const hn::Rebind<typename F::Bits, D> di;
  return hn::BitCast(d, hn::Add(hn::ShiftLeft<F::kMantissaBits>(hn::BitCast(di, rounded)),
                                hn::Set(di, F::kOne)));
}

// exp(x) = 2^k exp(r), k = round(x / ln 2), |r| <= ln(2) / 2. Sets `k` and
// returns exp(r) - 1 = r + r^2 P(r).
template <class D, class V>
HWY_INLINE V ReduceExp(D d, V x, V& rounded, V& k) {
  using T = hn::TFromD<D>;
  using F = FloatFormat<T>;
  const V round = hn::Set(d, F::kRound);
  rounded = hn::MulAdd(x, hn::Set(d, T(1.4426950408889634074)), round);
  k = hn::Sub(rounded, round);
  V r = hn::NegMulAdd(k, hn::Set(d, F::kLn2High), x);
  r = hn::NegMulAdd(k, hn::Set(d, F::kLn2Low), r);
  V p;
  if constexpr (sizeof(T) == 4) {  // 2^-32
    constexpr float c[] = {0.500000001f,    0.166666667f,    0.0416664568f,
                           0.00833331002f, 0.00139345419f, 0.000198919813f};
    p = Polynomial(d, r, c);
  } else {  // 2^-62
    constexpr double c[] = {
        0.5,                     0.166666666666666714,    0.0416666666666666701,
        0.0083333333333255447,   0.00138888888888833267,  0.000198412698768643549,
        2.48015873270071867e-5,  2.75572528335169097e-6,  2.75572718102197996e-7,
        2.51062747335732947e-8,  2.09154422977801152e-9};
    p = Polynomial(d, r, c);
  }
  return hn::MulAdd(hn::Mul(r, r), p, r);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp(D d, V x) {
  using T = hn::TFromD<D>;
  using F = FloatFormat<T>;
  const V high = hn::Set(d, F::kExpMax), low = hn::Set(d, F::kExpMin);
  x = hn::IfThenElse(hn::Gt(x, high), high, x);  // a NaN passes
  x = hn::IfThenElse(hn::Lt(x, low), low, x);
  V rounded, k;
  const V m = hn::Add(ReduceExp(d, x, rounded, k), hn::Set(d, T(1)));
  // Two factors, for 2^k itself may not be a normal number; the first product
  // is exact, the second rounds.
  const V round = hn::Set(d, F::kRound);
  const V half = hn::MulAdd(k, hn::Set(d, T(0.5)), round);
  const V rest = hn::Add(hn::Sub(k, hn::Sub(half, round)), round);
  return hn::Mul(hn::Mul(m, PowerOfTwo(d, half)), PowerOfTwo(d, rest));
}

// exp(x) for x <= 88 (f64: 709) alone, or NaN, where one power of two is enough: two thirds of what
// Exp costs. Where the result is no normal number it is 0.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpBounded(D d, V x) {
  using T = hn::TFromD<D>;
  const V lowest = hn::Set(d, static_cast<T>(-0.69314718055994530942 *
                                             static_cast<double>(FloatFormat<T>::kExponentBias)));
  x = hn::IfThenElse(hn::Lt(x, lowest), lowest, x);  // a NaN passes
  V rounded, k;
  const V m = hn::Add(ReduceExp(d, x, rounded, k), hn::Set(d, T(1)));
  return hn::Mul(m, PowerOfTwo(d, rounded));
}

// 2^x for |x| <= F::kExponentBias alone, or NaN: half of what Exp costs. Where the result is no
// normal number it is 0, below 2^(1/2 - bias) that is.
// 2^x = 2^k 2^f, k = round(x), f = x - k: no digits are lost.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp2Bounded(D d, V x) {
  using T = hn::TFromD<D>;
  using F = FloatFormat<T>;
  const hn::Rebind<typename F::Bits, D> di;
  // The low bits of `rounded` are k + bias: shifted to the exponent's place, 2^k, or 0.
  const V round = hn::Set(d, F::kRound + static_cast<T>(F::kExponentBias));
  const V rounded = hn::Add(x, round);
  const V f = hn::Sub(x, hn::Sub(rounded, round));
  V p;
  if constexpr (sizeof(T) == 4) {  // 2^-28
    constexpr float c[] = {1.0f,          0.693147207f,   0.240226509f,  0.0555032723f,
                           0.00961805668f, 0.00134004282f, 0.000154614447f};
    p = Polynomial(d, f, c);
  } else {  // 2^-57
    constexpr double c[] = {
        1.0,                     0.693147180559945309,    0.240226506959101596,
        0.055504108664821627,    0.00961812910758725667,  0.00133335581464064707,
        0.000154035304637243542, 1.52527338415567726e-5,  1.32154325359123762e-6,
        1.01780570877339411e-7,  7.07419429728852101e-9,  4.45581790833606449e-10};
    p = Polynomial(d, f, c);
  }
  return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<F::kMantissaBits>(hn::BitCast(di, rounded))));
}

// x = 2^k m, m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), z = s^2:
// log(1 + f) = 2 atanh(s) = f - (f^2/2 - s (f^2/2 + z L(z))).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log(D d, V x) {
  using T = hn::TFromD<D>;
  using F = FloatFormat<T>;
  using Bits = typename F::Bits;
  using Limits = std::numeric_limits<T>;
  const hn::Rebind<Bits, D> di;
  const V zero = hn::Zero(d);
  // Subnormal numbers are made normal first.
  constexpr int kShift = F::kMantissaBits + 2;
  const auto small = hn::Lt(x, hn::Set(d, Limits::min()));
  const V scaled =
      hn::IfThenElse(small, hn::Mul(x, hn::Set(d, static_cast<T>(Bits{1} << kShift))), x);
  const auto shifted =
      hn::Add(hn::BitCast(di, scaled), hn::Set(di, static_cast<Bits>(F::kOne - F::kSqrtHalf)));
  // The biased exponent e as a number: its bits below those of 2^mantissa bits.
  const V base = hn::Set(d, static_cast<T>(Bits{1} << F::kMantissaBits));
  const V e = hn::Sub(
      hn::BitCast(d, hn::Or(hn::ShiftRight<F::kMantissaBits>(shifted), hn::BitCast(di, base))),
      hn::Add(base, hn::Set(d, static_cast<T>(F::kExponentBias))));
  const V k = hn::Sub(e, hn::IfThenElseZero(small, hn::Set(d, T(kShift))));
  constexpr Bits kMask = (Bits{1} << F::kMantissaBits) - 1;
  const V m = hn::BitCast(
      d, hn::Add(hn::And(shifted, hn::Set(di, kMask)), hn::Set(di, F::kSqrtHalf)));

  const V f = hn::Sub(m, hn::Set(d, T(1)));
  const V s = hn::Div(f, hn::Add(f, hn::Set(d, T(2))));
  const V z = hn::Mul(s, s);
  V l;
  if constexpr (sizeof(T) == 4) {  // 2^-36
    constexpr float c[] = {0.666666665f, 0.400001256f, 0.28550397f, 0.233419434f};
    l = Polynomial(d, z, c);
  } else {  // 2^-65
    constexpr double c[] = {0.666666666666666664, 0.400000000000009413, 0.285714285707644501,
                            0.222222224005477573, 0.181817947008977996, 0.15386290534658992,
                            0.132674185964748834, 0.131007213835034914};
    l = Polynomial(d, z, c);
  }
  const V square_half = hn::Mul(hn::Mul(f, f), hn::Set(d, T(0.5)));
  const V correction = hn::MulAdd(s, hn::MulAdd(z, l, square_half),
                                  hn::Mul(k, hn::Set(d, F::kLn2Low)));
  V y = hn::MulAdd(k, hn::Set(d, F::kLn2High),
                   hn::Sub(f, hn::Sub(square_half, correction)));

  const V infinity = hn::Set(d, Limits::infinity());
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  y = hn::IfThenElse(hn::Eq(x, zero), hn::Set(d, -Limits::infinity()), y);
  return hn::IfThenElse(hn::Ge(x, zero), y, hn::Set(d, Limits::quiet_NaN()));
}

// tanh|x| = E / (E + 2), E = exp(2|x|) - 1 = 2^k (exp(r) - 1) + (2^k - 1).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Tanh(D d, V x) {
  using T = hn::TFromD<D>;
  const V limit = hn::Set(d, FloatFormat<T>::kTanhMax);
  const V magnitude = hn::Abs(x);
  V twice = hn::Add(magnitude, magnitude);
  twice = hn::IfThenElse(hn::Gt(twice, limit), limit, twice);
  V rounded, k;
  const V r = ReduceExp(d, twice, rounded, k);
  const V power = PowerOfTwo(d, rounded);
  const V e = hn::MulAdd(power, r, hn::Sub(power, hn::Set(d, T(1))));
  return hn::CopySign(hn::Div(e, hn::Add(e, hn::Set(d, T(2)))), x);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATH_INL_H_
