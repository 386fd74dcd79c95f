#include "ops/kernels/adamw.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/adamw.cc"
#include "hwy/foreach_target.h"
#include <cmath>

#include "hwy/highway.h"
#include "ops/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
struct Update {
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;

  explicit Update(const kernels::AdamWStep& s)
      : keep(static_cast<T>(1 - s.learning_rate * s.weight_decay)),
        factor(static_cast<T>(s.gradient_factor)),
        added(static_cast<T>(s.added_decay)),
        weight1(static_cast<T>(1 - s.beta1)),
        beta2(static_cast<T>(s.beta2)),
        weight2(static_cast<T>(1 - s.beta2)),
        root_correction(static_cast<T>(std::sqrt(s.bias_correction2))),
        epsilon(static_cast<T>(s.epsilon)),
        step_size(static_cast<T>(-s.learning_rate / s.bias_correction1)) {}

  HWY_INLINE void operator()(D d, V g, V& p, V& m, V& v) const {
    g = hn::MulAdd(p, hn::Set(d, added), hn::Mul(g, hn::Set(d, factor)));
    p = hn::Mul(p, hn::Set(d, keep));
    m = hn::MulAdd(hn::Set(d, weight1), hn::Sub(g, m), m);
    v = hn::MulAdd(hn::Mul(g, g), hn::Set(d, weight2), hn::Mul(v, hn::Set(d, beta2)));
    const V root = hn::Add(hn::Div(hn::Sqrt(v), hn::Set(d, root_correction)),
                           hn::Set(d, epsilon));
    p = hn::MulAdd(hn::Set(d, step_size), hn::Div(m, root), p);
  }

  T keep, factor, added, weight1, beta2, weight2, root_correction, epsilon, step_size;
};

template <typename T>
void Run(const T* gradient, int64_t n, const kernels::AdamWStep& step, T* parameter, T* moment,
         T* variance) {
  UpdateArrays(Update<T>(step), n, gradient, parameter, moment, variance);
}

void AdamWF32(const float* g, int64_t n, const kernels::AdamWStep& s, float* p, float* m,
              float* v) {
  Run(g, n, s, p, m, v);
}
void AdamWF64(const double* g, int64_t n, const kernels::AdamWStep& s, double* p, double* m,
              double* v) {
  Run(g, n, s, p, m, v);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(AdamWF32);
HWY_EXPORT(AdamWF64);

namespace kernels {

template <>
void AdamW(const float* gradient, int64_t n, const AdamWStep& step, float* parameter, float* m,
           float* v) {
  HWY_DYNAMIC_DISPATCH(AdamWF32)(gradient, n, step, parameter, m, v);
}
template <>
void AdamW(const double* gradient, int64_t n, const AdamWStep& step, double* parameter,
           double* m, double* v) {
  HWY_DYNAMIC_DISPATCH(AdamWF64)(gradient, n, step, parameter, m, v);
}

}  // namespace kernels
}  // namespace hairpin
#endif
