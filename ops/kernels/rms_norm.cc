#include "ops/kernels/rms_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/rms_norm.cc"
#include "hwy/foreach_target.h"
#include <cmath>

#include "hwy/highway.h"
#include "ops/kernels/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void Forward(const T* x, const T* weight, int64_t rows, int64_t n, double epsilon, T* y,
             T* rrms) {
  const T eps = static_cast<T>(epsilon), inverse_n = T(1) / static_cast<T>(n);
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = x + row * n;
    const T mean_square = inverse_n * RowSum(
        n, T(0), [](auto, auto v) HWY_ATTR { return hn::Mul(v, v); }, p);
    const T r = T(1) / std::sqrt(mean_square + eps);
    rrms[row] = r;
    RowMap(n, y + row * n,
           [r](auto d, auto v, auto w) HWY_ATTR {
             return hn::Mul(hn::Mul(v, hn::Set(d, r)), w);
           },
           p, weight);
  });
}

template <typename T>
void Backward(const T* x, const T* weight, const T* rrms, const T* dy, int64_t rows, int64_t n,
              bool accumulate, T* dx) {
  const T inverse_n = T(1) / static_cast<T>(n);
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = x + row * n;
    const T* dp = dy + row * n;
    T* dq = dx + row * n;
    const T r = rrms[row];
    const T mean_gx = r * inverse_n * RowSum(
        n, T(0),
        [](auto, auto g, auto w, auto v) HWY_ATTR { return hn::Mul(hn::Mul(g, w), v); },
        dp, weight, p);
    const auto f = [=](auto d, auto g, auto w, auto v) HWY_ATTR {
      const auto xhat = hn::Mul(v, hn::Set(d, r));
      return hn::Mul(hn::NegMulAdd(xhat, hn::Set(d, mean_gx), hn::Mul(g, w)), hn::Set(d, r));
    };
    if (accumulate) {
      RowMap(n, dq,
             [&f](auto d, auto g, auto w, auto v, auto old) HWY_ATTR {
               return hn::Add(old, f(d, g, w, v));
             },
             dp, weight, p, dq);
    } else {
      RowMap(n, dq, f, dp, weight, p);
    }
  });
}

void ForwardF32(const float* x, const float* weight, int64_t rows, int64_t n, double epsilon,
                float* y, float* rrms) {
  Forward(x, weight, rows, n, epsilon, y, rrms);
}
void ForwardF64(const double* x, const double* weight, int64_t rows, int64_t n, double epsilon,
                double* y, double* rrms) {
  Forward(x, weight, rows, n, epsilon, y, rrms);
}
void BackwardF32(const float* x, const float* weight, const float* rrms, const float* dy,
                 int64_t rows, int64_t n, bool accumulate, float* dx) {
  Backward(x, weight, rrms, dy, rows, n, accumulate, dx);
}
void BackwardF64(const double* x, const double* weight, const double* rrms, const double* dy,
                 int64_t rows, int64_t n, bool accumulate, double* dx) {
  Backward(x, weight, rrms, dy, rows, n, accumulate, dx);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ForwardF32);
HWY_EXPORT(ForwardF64);
HWY_EXPORT(BackwardF32);
HWY_EXPORT(BackwardF64);

namespace kernels {

template <>
void RmsNorm(const float* x, const float* weight, int64_t rows, int64_t n, double epsilon,
             float* y, float* rrms) {
  HWY_DYNAMIC_DISPATCH(ForwardF32)(x, weight, rows, n, epsilon, y, rrms);
}
template <>
void RmsNorm(const double* x, const double* weight, int64_t rows, int64_t n, double epsilon,
             double* y, double* rrms) {
  HWY_DYNAMIC_DISPATCH(ForwardF64)(x, weight, rows, n, epsilon, y, rrms);
}
template <>
void RmsNormBackward(const float* x, const float* weight, const float* rrms, const float* dy,
                     int64_t rows, int64_t n, bool accumulate, float* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardF32)(x, weight, rrms, dy, rows, n, accumulate, dx);
}
template <>
void RmsNormBackward(const double* x, const double* weight, const double* rrms, const double* dy,
                     int64_t rows, int64_t n, bool accumulate, double* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardF64)(x, weight, rrms, dy, rows, n, accumulate, dx);
}

}  // namespace kernels
}  // namespace hairpin
#endif
