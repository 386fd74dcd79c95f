#include "ops/kernels/pow.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/pow.cc"
#include "hwy/foreach_target.h"
#include <cmath>
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

class Power {
 public:
  explicit Power(double exponent) : exponent_(exponent), path_(exponent) {}

  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    if (!path_.by_products) {
      HWY_ALIGN T lanes[HWY_MAX_BYTES / sizeof(T)];
      hn::Store(x, d, lanes);
      const T p = static_cast<T>(exponent_);
      for (size_t i = 0; i < hn::Lanes(d); ++i) lanes[i] = std::pow(lanes[i], p);
      return hn::Load(d, lanes);
    }
    V y = path_.half ? hn::Sqrt(x) : hn::Set(d, T(1));
    for (int i = 0; i < path_.whole; ++i) y = hn::Mul(y, x);
    return path_.inverse ? hn::Div(hn::Set(d, T(1)), y) : y;
  }

 private:
  double exponent_;
  kernels::PowerPath path_;
};

template <typename T>
void Forward(const T* x, double exponent, int64_t n, T* y) {
  const Power power(exponent);
  const auto f = [&power](auto d, auto v) HWY_ATTR { return power(d, v); };
  Map<T, decltype(f), 1>(f, {x}, n, false, y);
}

template <typename T>
void Backward(const T* x, const T* dy, double exponent, int64_t n, bool accumulate, T* dx) {
  const Power power(exponent - 1);
  const T p = static_cast<T>(exponent);
  // 0 x^-1 would be NaN at 0.
  const auto f = [&power, p](auto d, auto v, auto dv) HWY_ATTR {
    if (p == T(0)) return hn::Zero(d);
    return hn::Mul(hn::Mul(dv, hn::Set(d, p)), power(d, v));
  };
  Map<T, decltype(f), 2>(f, {x, dy}, n, accumulate, dx);
}

void PowF32(const float* x, double exponent, int64_t n, float* y) { Forward(x, exponent, n, y); }
void PowF64(const double* x, double exponent, int64_t n, double* y) {
  Forward(x, exponent, n, y);
}
void PowBackwardF32(const float* x, const float* dy, double exponent, int64_t n, bool accumulate,
                    float* dx) {
  Backward(x, dy, exponent, n, accumulate, dx);
}
void PowBackwardF64(const double* x, const double* dy, double exponent, int64_t n,
                    bool accumulate, double* dx) {
  Backward(x, dy, exponent, n, accumulate, dx);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(PowF32);
HWY_EXPORT(PowF64);
HWY_EXPORT(PowBackwardF32);
HWY_EXPORT(PowBackwardF64);

namespace kernels {

template <>
void Pow(const float* x, double exponent, int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(PowF32)(x, exponent, n, y);
}
template <>
void Pow(const double* x, double exponent, int64_t n, double* y) {
  HWY_DYNAMIC_DISPATCH(PowF64)(x, exponent, n, y);
}
template <>
void PowBackward(const float* x, const float* dy, double exponent, int64_t n, bool accumulate,
                 float* dx) {
  HWY_DYNAMIC_DISPATCH(PowBackwardF32)(x, dy, exponent, n, accumulate, dx);
}
template <>
void PowBackward(const double* x, const double* dy, double exponent, int64_t n, bool accumulate,
                 double* dx) {
  HWY_DYNAMIC_DISPATCH(PowBackwardF64)(x, dy, exponent, n, accumulate, dx);
}

}  // namespace kernels
}  // namespace hairpin
#endif
