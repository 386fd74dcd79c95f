#include "ops/kernels/lerp.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/lerp.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void RunLerp(const T* x, double factor, double weight, int64_t n, T* y) {
  const T f = static_cast<T>(factor), w = static_cast<T>(weight);
  const auto update = [=](auto d, auto v, auto& a) HWY_ATTR {
    a = hn::MulAdd(hn::Set(d, w), hn::Sub(hn::Mul(v, hn::Set(d, f)), a), a);
  };
  UpdateArrays(update, n, x, y);
}

void LerpF32(const float* x, double factor, double weight, int64_t n, float* y) {
  RunLerp(x, factor, weight, n, y);
}
void LerpF64(const double* x, double factor, double weight, int64_t n, double* y) {
  RunLerp(x, factor, weight, n, y);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(LerpF32);
HWY_EXPORT(LerpF64);

namespace kernels {

template <>
void Lerp(const float* x, double factor, double weight, int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(LerpF32)(x, factor, weight, n, y);
}
template <>
void Lerp(const double* x, double factor, double weight, int64_t n, double* y) {
  HWY_DYNAMIC_DISPATCH(LerpF64)(x, factor, weight, n, y);
}

}  // namespace kernels
}  // namespace hairpin
#endif
