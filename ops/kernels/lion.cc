#include "ops/kernels/lion.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/lion.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <class D, class V>
HWY_INLINE V Sign(D d, V x) {
  const V one = hn::Set(d, 1), zero = hn::Zero(d);
  // What is neither above nor below stays: 0 and NaN.
  return hn::IfThenElse(hn::Gt(x, zero), one, hn::IfThenElse(hn::Lt(x, zero), hn::Neg(one), x));
}

template <typename T>
void Run(const T* gradient, int64_t n, const kernels::LionStep& step, T* parameter, T* m) {
  const T factor = static_cast<T>(step.gradient_factor);
  const T keep = static_cast<T>(1 - step.learning_rate * step.weight_decay);
  const T step_size = static_cast<T>(-step.learning_rate);
  const T beta1 = static_cast<T>(step.beta1), weight1 = static_cast<T>(1 - step.beta1);
  const T beta2 = static_cast<T>(step.beta2), weight2 = static_cast<T>(1 - step.beta2);
  const auto update = [=](auto d, auto g, auto& p, auto& moment) HWY_ATTR {
    g = hn::Mul(g, hn::Set(d, factor));
    const auto direction = hn::MulAdd(g, hn::Set(d, weight1), hn::Mul(moment, hn::Set(d, beta1)));
    p = hn::MulAdd(Sign(d, direction), hn::Set(d, step_size), hn::Mul(p, hn::Set(d, keep)));
    moment = hn::MulAdd(g, hn::Set(d, weight2), hn::Mul(moment, hn::Set(d, beta2)));
  };
  UpdateArrays(update, n, gradient, parameter, m);
}

void LionF32(const float* gradient, int64_t n, const kernels::LionStep& step, float* parameter,
             float* m) {
  Run(gradient, n, step, parameter, m);
}
void LionF64(const double* gradient, int64_t n, const kernels::LionStep& step, double* parameter,
             double* m) {
  Run(gradient, n, step, parameter, m);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(LionF32);
HWY_EXPORT(LionF64);

namespace kernels {

template <>
void Lion(const float* gradient, int64_t n, const LionStep& step, float* parameter, float* m) {
  HWY_DYNAMIC_DISPATCH(LionF32)(gradient, n, step, parameter, m);
}
template <>
void Lion(const double* gradient, int64_t n, const LionStep& step, double* parameter, double* m) {
  HWY_DYNAMIC_DISPATCH(LionF64)(gradient, n, step, parameter, m);
}

}  // namespace kernels
}  // namespace hairpin
#endif
