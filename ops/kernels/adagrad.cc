#include "ops/kernels/adagrad.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/adagrad.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void Run(const T* gradient, int64_t n, const kernels::AdagradStep& step, T* parameter, T* sum) {
  const T factor = static_cast<T>(step.gradient_factor);
  const T decay = static_cast<T>(step.weight_decay);
  const T epsilon = static_cast<T>(step.epsilon);
  const T step_size = static_cast<T>(-step.learning_rate);
  const auto update = [=](auto d, auto g, auto& p, auto& s) HWY_ATTR {
    g = hn::MulAdd(p, hn::Set(d, decay), hn::Mul(g, hn::Set(d, factor)));
    s = hn::MulAdd(g, g, s);
    const auto q = hn::Add(hn::Sqrt(s), hn::Set(d, epsilon));
    p = hn::MulAdd(hn::Set(d, step_size), hn::Div(g, q), p);
  };
  UpdateArrays(update, n, gradient, parameter, sum);
}

void AdagradF32(const float* gradient, int64_t n, const kernels::AdagradStep& step,
                float* parameter, float* sum) {
  Run(gradient, n, step, parameter, sum);
}
void AdagradF64(const double* gradient, int64_t n, const kernels::AdagradStep& step,
                double* parameter, double* sum) {
  Run(gradient, n, step, parameter, sum);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(AdagradF32);
HWY_EXPORT(AdagradF64);

namespace kernels {

template <>
void Adagrad(const float* gradient, int64_t n, const AdagradStep& step, float* parameter,
             float* sum) {
  HWY_DYNAMIC_DISPATCH(AdagradF32)(gradient, n, step, parameter, sum);
}
template <>
void Adagrad(const double* gradient, int64_t n, const AdagradStep& step, double* parameter,
             double* sum) {
  HWY_DYNAMIC_DISPATCH(AdagradF64)(gradient, n, step, parameter, sum);
}

}  // namespace kernels
}  // namespace hairpin
#endif
