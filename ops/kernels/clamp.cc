#include "ops/kernels/clamp.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/clamp.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// Comparisons with a NaN are false on every target; hn::Min and hn::Max differ in them.
template <typename T>
void RunClamp(double low, double high, int64_t n, T* x) {
  const T least = static_cast<T>(low), most = static_cast<T>(high);
  const auto f = [=](auto d, auto v) HWY_ATTR {
    const auto l = hn::Set(d, least), h = hn::Set(d, most);
    return hn::IfThenElse(hn::Lt(v, l), l, hn::IfThenElse(hn::Gt(v, h), h, v));
  };
  Map<T, decltype(f), 1>(f, {x}, n, false, x);
}

void ClampF32(double low, double high, int64_t n, float* x) { RunClamp(low, high, n, x); }
void ClampF64(double low, double high, int64_t n, double* x) { RunClamp(low, high, n, x); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ClampF32);
HWY_EXPORT(ClampF64);

namespace kernels {

template <>
void Clamp(double low, double high, int64_t n, float* x) {
  HWY_DYNAMIC_DISPATCH(ClampF32)(low, high, n, x);
}
template <>
void Clamp(double low, double high, int64_t n, double* x) {
  HWY_DYNAMIC_DISPATCH(ClampF64)(low, high, n, x);
}

}  // namespace kernels
}  // namespace hairpin
#endif
