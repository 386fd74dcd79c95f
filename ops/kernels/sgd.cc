#include "ops/kernels/sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/sgd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void Run(const T* gradient, int64_t n, const kernels::SgdStep& s, T* parameter, T* buffer) {
  const T factor = static_cast<T>(s.gradient_factor), decay = static_cast<T>(s.weight_decay);
  const T rate = static_cast<T>(-s.learning_rate), momentum = static_cast<T>(s.momentum);
  const T weight = static_cast<T>(1 - s.dampening);
  // g = factor gradient + decay p.
  const auto decayed = [=](auto d, auto g, auto p) HWY_ATTR {
    return hn::MulAdd(p, hn::Set(d, decay), hn::Mul(g, hn::Set(d, factor)));
  };
  if (s.momentum == 0) {
    const auto f = [&](auto d, auto g, auto p) HWY_ATTR {
      return hn::MulAdd(decayed(d, g, p), hn::Set(d, rate), p);
    };
    Map<T, decltype(f), 2>(f, {gradient, parameter}, n, false, parameter);
    return;
  }
  const bool first = s.first, nesterov = s.nesterov;
  const auto next_buffer = [&](auto d, auto g, auto p, auto b) HWY_ATTR {
    const auto next = decayed(d, g, p);
    if (first) return next;
    return hn::MulAdd(b, hn::Set(d, momentum), hn::Mul(next, hn::Set(d, weight)));
  };
  const auto next_parameter = [&](auto d, auto g, auto p, auto b) HWY_ATTR {
    auto direction = b;
    if (nesterov) direction = hn::MulAdd(b, hn::Set(d, momentum), decayed(d, g, p));
    return hn::MulAdd(direction, hn::Set(d, rate), p);
  };
  Map<T, decltype(next_buffer), 3>(next_buffer, {gradient, parameter, buffer}, n, false, buffer);
  Map<T, decltype(next_parameter), 3>(next_parameter, {gradient, parameter, buffer}, n, false,
                                      parameter);
}

void SgdF32(const float* g, int64_t n, const kernels::SgdStep& s, float* p, float* b) {
  Run(g, n, s, p, b);
}
void SgdF64(const double* g, int64_t n, const kernels::SgdStep& s, double* p, double* b) {
  Run(g, n, s, p, b);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(SgdF32);
HWY_EXPORT(SgdF64);

namespace kernels {

template <>
void Sgd(const float* gradient, int64_t n, const SgdStep& step, float* parameter,
         float* buffer) {
  HWY_DYNAMIC_DISPATCH(SgdF32)(gradient, n, step, parameter, buffer);
}
template <>
void Sgd(const double* gradient, int64_t n, const SgdStep& step, double* parameter,
         double* buffer) {
  HWY_DYNAMIC_DISPATCH(SgdF64)(gradient, n, step, parameter, buffer);
}

}  // namespace kernels
}  // namespace hairpin
#endif
