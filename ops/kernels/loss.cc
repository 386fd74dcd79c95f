#include "ops/kernels/loss.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/loss.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/sigmoid-inl.h"
#include "ops/kernels/sum-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// Each loss: an element's share of the sum, and its slope by x.
struct SquaredErrorKernel {
  template <class D, class V>
  static HWY_INLINE V Value(D, V x, V target) {
    const V difference = hn::Sub(x, target);
    return hn::Mul(difference, difference);
  }
  template <class D, class V>
  static HWY_INLINE V Slope(D, V x, V target) {
    const V difference = hn::Sub(x, target);
    return hn::Add(difference, difference);
  }
};

struct BceWithLogitsKernel {
  // log(1 + e), e in [0, 1]: log(u) with u = 1 + e rounded, corrected by what the
  // rounding did to e.
  template <class D, class V>
  static HWY_INLINE V LogOnePlus(D d, V e) {
    const V one = hn::Set(d, hn::TFromD<D>(1));
    const V u = hn::Add(one, e), rounded = hn::Sub(u, one);
    return hn::IfThenElse(hn::Eq(u, one), e, hn::Mul(Log(d, u), hn::Div(e, rounded)));
  }
  // log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
  template <class D, class V>
  static HWY_INLINE V Value(D d, V x, V target) {
    const V positive = hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x);
    const V log_term = LogOnePlus(d, Exp(d, hn::Neg(hn::Abs(x))));
    return hn::Add(hn::NegMulAdd(x, target, positive), log_term);
  }
  template <class D, class V>
  static HWY_INLINE V Slope(D d, V x, V target) {
    return hn::Sub(Sigmoid(d, x), target);
  }
};

// With a parameter: two functions of their own.
template <typename T>
double SmoothL1Sum(const T* x, const T* target, double beta, int64_t n) {
  const T width = static_cast<T>(beta);
  return SumSpan(
      n,
      [width](auto d, auto v, auto t) HWY_ATTR {
        const auto distance = hn::Abs(hn::Sub(v, t)), edge = hn::Set(d, width);
        const auto half = hn::Set(d, hn::TFromD<decltype(d)>(0.5));
        const auto square = hn::Div(hn::Mul(hn::Mul(distance, distance), half), edge);
        return hn::IfThenElse(hn::Lt(distance, edge), square,
                              hn::NegMulAdd(edge, half, distance));
      },
      x, target);
}
template <typename T>
void SmoothL1Slopes(const T* x, const T* target, double beta, double factor, int64_t n,
                    bool accumulate, T* dx) {
  const T width = static_cast<T>(beta), c = static_cast<T>(factor);
  const auto f = [width, c](auto d, auto v, auto t) HWY_ATTR {
    const auto one = hn::Set(d, hn::TFromD<decltype(d)>(1));
    const auto slope = hn::Div(hn::Sub(v, t), hn::Set(d, width));
    // A NaN stays one.
    const auto below = hn::IfThenElse(hn::Lt(slope, hn::Neg(one)), hn::Neg(one), slope);
    return hn::Mul(hn::IfThenElse(hn::Gt(below, one), one, below), hn::Set(d, c));
  };
  Map<T, decltype(f), 2>(f, {x, target}, n, accumulate, dx);
}

double SmoothL1F32(const float* x, const float* target, double beta, int64_t n) {
  return SmoothL1Sum(x, target, beta, n);
}
double SmoothL1F64(const double* x, const double* target, double beta, int64_t n) {
  return SmoothL1Sum(x, target, beta, n);
}
void SmoothL1BackwardF32(const float* x, const float* target, double beta, double factor,
                         int64_t n, bool accumulate, float* dx) {
  SmoothL1Slopes(x, target, beta, factor, n, accumulate, dx);
}
void SmoothL1BackwardF64(const double* x, const double* target, double beta, double factor,
                         int64_t n, bool accumulate, double* dx) {
  SmoothL1Slopes(x, target, beta, factor, n, accumulate, dx);
}

template <class Kernel, typename T>
double Sum(const T* x, const T* target, int64_t n) {
  return SumSpan(
      n, [](auto d, auto v, auto t) HWY_ATTR { return Kernel::Value(d, v, t); }, x, target);
}

template <class Kernel, typename T>
void Slopes(const T* x, const T* target, double factor, int64_t n, bool accumulate, T* dx) {
  const T c = static_cast<T>(factor);
  const auto f = [c](auto d, auto v, auto t) HWY_ATTR {
    return hn::Mul(Kernel::Slope(d, v, t), hn::Set(d, c));
  };
  Map<T, decltype(f), 2>(f, {x, target}, n, accumulate, dx);
}

#define HAIRPIN_LOSS_KERNEL(Name)                                                         \
  double Name##F32(const float* x, const float* target, int64_t n) {                      \
    return Sum<Name##Kernel>(x, target, n);                                               \
  }                                                                                       \
  double Name##F64(const double* x, const double* target, int64_t n) {                    \
    return Sum<Name##Kernel>(x, target, n);                                               \
  }                                                                                       \
  void Name##BackwardF32(const float* x, const float* target, double factor, int64_t n,   \
                         bool accumulate, float* dx) {                                    \
    Slopes<Name##Kernel>(x, target, factor, n, accumulate, dx);                           \
  }                                                                                       \
  void Name##BackwardF64(const double* x, const double* target, double factor, int64_t n, \
                         bool accumulate, double* dx) {                                   \
    Slopes<Name##Kernel>(x, target, factor, n, accumulate, dx);                           \
  }

HAIRPIN_LOSS_KERNEL(SquaredError)
HAIRPIN_LOSS_KERNEL(BceWithLogits)
#undef HAIRPIN_LOSS_KERNEL

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

#define HAIRPIN_EXPORT_LOSS_KERNEL(Name)                                                    \
  HWY_EXPORT(Name##F32);                                                                    \
  HWY_EXPORT(Name##F64);                                                                    \
  HWY_EXPORT(Name##BackwardF32);                                                            \
  HWY_EXPORT(Name##BackwardF64);                                                            \
  namespace kernels {                                                                       \
  template <>                                                                               \
  double Name(const float* x, const float* target, int64_t n) {                             \
    return HWY_DYNAMIC_DISPATCH(Name##F32)(x, target, n);                                   \
  }                                                                                         \
  template <>                                                                               \
  double Name(const double* x, const double* target, int64_t n) {                           \
    return HWY_DYNAMIC_DISPATCH(Name##F64)(x, target, n);                                   \
  }                                                                                         \
  template <>                                                                               \
  void Name##Backward(const float* x, const float* target, double factor, int64_t n,        \
                      bool accumulate, float* dx) {                                         \
    HWY_DYNAMIC_DISPATCH(Name##BackwardF32)(x, target, factor, n, accumulate, dx);          \
  }                                                                                         \
  template <>                                                                               \
  void Name##Backward(const double* x, const double* target, double factor, int64_t n,      \
                      bool accumulate, double* dx) {                                        \
    HWY_DYNAMIC_DISPATCH(Name##BackwardF64)(x, target, factor, n, accumulate, dx);          \
  }                                                                                         \
  }

HAIRPIN_EXPORT_LOSS_KERNEL(SquaredError)
HAIRPIN_EXPORT_LOSS_KERNEL(BceWithLogits)
#undef HAIRPIN_EXPORT_LOSS_KERNEL

HWY_EXPORT(SmoothL1F32);
HWY_EXPORT(SmoothL1F64);
HWY_EXPORT(SmoothL1BackwardF32);
HWY_EXPORT(SmoothL1BackwardF64);

namespace kernels {

template <>
double SmoothL1(const float* x, const float* target, double beta, int64_t n) {
  return HWY_DYNAMIC_DISPATCH(SmoothL1F32)(x, target, beta, n);
}
template <>
double SmoothL1(const double* x, const double* target, double beta, int64_t n) {
  return HWY_DYNAMIC_DISPATCH(SmoothL1F64)(x, target, beta, n);
}
template <>
void SmoothL1Backward(const float* x, const float* target, double beta, double factor, int64_t n,
                      bool accumulate, float* dx) {
  HWY_DYNAMIC_DISPATCH(SmoothL1BackwardF32)(x, target, beta, factor, n, accumulate, dx);
}
template <>
void SmoothL1Backward(const double* x, const double* target, double beta, double factor,
                      int64_t n, bool accumulate, double* dx) {
  HWY_DYNAMIC_DISPATCH(SmoothL1BackwardF64)(x, target, beta, factor, n, accumulate, dx);
}

}  // namespace kernels
}  // namespace hairpin
#endif
