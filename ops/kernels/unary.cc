#include "ops/kernels/unary.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/unary.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

struct ExpKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return Exp(d, x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D, V y, V dy) {
    return hn::Mul(dy, y);
  }
};

struct LogKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return Log(d, x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D, V x, V dy) {
    return hn::Div(dy, x);
  }
};

struct SqrtKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D, V x) {
    return hn::Sqrt(x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D, V y, V dy) {
    return hn::Div(dy, hn::Add(y, y));
  }
};

struct TanhKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return Tanh(d, x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D, V y, V dy) {
    return hn::Mul(dy, hn::NegMulAdd(y, y, hn::Set(D(), hn::TFromD<D>(1))));
  }
};

struct ReluKernel {
  template <class D, class V>
  static HWY_INLINE V Forward(D d, V x) {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x);
  }
  template <class D, class V>
  static HWY_INLINE V Backward(D d, V y, V dy) {
    return hn::IfThenElseZero(hn::Gt(y, hn::Zero(d)), dy);
  }
};

template <typename T>
void Scale(const T* x, double factor, int64_t n, bool accumulate, T* y) {
  const T c = static_cast<T>(factor);
  const auto f = [c](auto d, auto v) HWY_ATTR { return hn::Mul(v, hn::Set(d, c)); };
  Map<T, decltype(f), 1>(f, {x}, n, accumulate, y);
}
void ScaleF32(const float* x, double factor, int64_t n, bool accumulate, float* y) {
  Scale(x, factor, n, accumulate, y);
}
void ScaleF64(const double* x, double factor, int64_t n, bool accumulate, double* y) {
  Scale(x, factor, n, accumulate, y);
}

HAIRPIN_UNARY_KERNEL(Exp)
HAIRPIN_UNARY_KERNEL(Log)
HAIRPIN_UNARY_KERNEL(Sqrt)
HAIRPIN_UNARY_KERNEL(Tanh)
HAIRPIN_UNARY_KERNEL(Relu)

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HAIRPIN_EXPORT_UNARY_KERNEL(Exp)
HAIRPIN_EXPORT_UNARY_KERNEL(Log)
HAIRPIN_EXPORT_UNARY_KERNEL(Sqrt)
HAIRPIN_EXPORT_UNARY_KERNEL(Tanh)
HAIRPIN_EXPORT_UNARY_KERNEL(Relu)

HWY_EXPORT(ScaleF32);
HWY_EXPORT(ScaleF64);

namespace kernels {
template <>
void Scale(const float* x, double factor, int64_t n, bool accumulate, float* y) {
  HWY_DYNAMIC_DISPATCH(ScaleF32)(x, factor, n, accumulate, y);
}
template <>
void Scale(const double* x, double factor, int64_t n, bool accumulate, double* y) {
  HWY_DYNAMIC_DISPATCH(ScaleF64)(x, factor, n, accumulate, y);
}

}  // namespace kernels
}  // namespace hairpin
#endif
