#include "ops/kernels/log_softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/log_softmax.cc"
#include "hwy/foreach_target.h"
#include <cstddef>
#include <limits>

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"
#include "ops/kernels/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
HWY_INLINE void ForwardRow(const T* x, int64_t n, T* y) {
  const hn::ScalableTag<T> d;
  const T max = RowMax(x, n);
  const T sum = RowSum(
      n, -std::numeric_limits<T>::infinity(),
      [max](auto d, auto v) HWY_ATTR { return Exp(d, hn::Sub(v, hn::Set(d, max))); }, x);
  const T log_sum = hn::GetLane(Log(d, hn::Set(d, sum)));
  // In this order small y keep their digits when x share a large offset.
  RowMap(n, y,
         [max, log_sum](auto d, auto v) HWY_ATTR {
           return hn::Sub(hn::Sub(v, hn::Set(d, max)), hn::Set(d, log_sum));
         },
         x);
}

template <typename T>
HWY_INLINE void BackwardRow(const T* y, const T* dy, int64_t n, bool accumulate, T* dx) {
  const T sum = RowSum(n, T(0), [](auto, auto g) HWY_ATTR { return g; }, dy);
  const auto f = [sum](auto d, auto v, auto g) HWY_ATTR {
    return hn::NegMulAdd(Exp(d, v), hn::Set(d, sum), g);
  };
  if (accumulate) {
    RowMap(n, dx,
           [&f](auto d, auto v, auto g, auto old) HWY_ATTR { return hn::Add(old, f(d, v, g)); },
           y, dy, dx);
  } else {
    RowMap(n, dx, f, y, dy);
  }
}

// `count` neighbouring columns of one [n, inner] block, a lane each.
template <typename T>
void ForwardColumns(const T* x, int64_t n, int64_t inner, size_t count, T* y) {
  const hn::ScalableTag<T> d;
  auto max = LoadFirst(d, x, count);
  for (int64_t k = 1; k < n; ++k) max = hn::Max(max, LoadFirst(d, x + k * inner, count));
  auto sum = hn::Zero(d);
  for (int64_t k = 0; k < n; ++k) {
    sum = hn::Add(sum, Exp(d, hn::Sub(LoadFirst(d, x + k * inner, count), max)));
  }
  const auto log_sum = Log(d, sum);
  for (int64_t k = 0; k < n; ++k) {
    const auto shifted = hn::Sub(LoadFirst(d, x + k * inner, count), max);
    StoreFirst(hn::Sub(shifted, log_sum), d, y + k * inner, count);
  }
}

template <typename T>
void BackwardColumns(const T* y, const T* dy, int64_t n, int64_t inner, size_t count,
                     bool accumulate, T* dx) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Zero(d);
  for (int64_t k = 0; k < n; ++k) sum = hn::Add(sum, LoadFirst(d, dy + k * inner, count));
  for (int64_t k = 0; k < n; ++k) {
    auto g = hn::NegMulAdd(Exp(d, LoadFirst(d, y + k * inner, count)), sum,
                           LoadFirst(d, dy + k * inner, count));
    if (accumulate) g = hn::Add(LoadFirst(d, dx + k * inner, count), g);
    StoreFirst(g, d, dx + k * inner, count);
  }
}

template <typename T>
void Forward(const T* x, int64_t outer, int64_t n, int64_t inner, T* y) {
  if (inner == 1) {
    ForEachRow(outer, n, [&](int64_t row) HWY_ATTR { ForwardRow(x + row * n, n, y + row * n); });
  } else {
    ForEachColumns<T>(outer, n, inner, [&](int64_t at, size_t count) HWY_ATTR {
      ForwardColumns(x + at, n, inner, count, y + at);
    });
  }
}

template <typename T>
void Backward(const T* y, const T* dy, int64_t outer, int64_t n, int64_t inner, bool accumulate,
              T* dx) {
  if (inner == 1) {
    ForEachRow(outer, n, [&](int64_t row) HWY_ATTR {
      BackwardRow(y + row * n, dy + row * n, n, accumulate, dx + row * n);
    });
  } else {
    ForEachColumns<T>(outer, n, inner, [&](int64_t at, size_t count) HWY_ATTR {
      BackwardColumns(y + at, dy + at, n, inner, count, accumulate, dx + at);
    });
  }
}

void ForwardF32(const float* x, int64_t outer, int64_t n, int64_t inner, float* y) {
  Forward(x, outer, n, inner, y);
}
void ForwardF64(const double* x, int64_t outer, int64_t n, int64_t inner, double* y) {
  Forward(x, outer, n, inner, y);
}
void BackwardF32(const float* y, const float* dy, int64_t outer, int64_t n, int64_t inner,
                 bool accumulate, float* dx) {
  Backward(y, dy, outer, n, inner, accumulate, dx);
}
void BackwardF64(const double* y, const double* dy, int64_t outer, int64_t n, int64_t inner,
                 bool accumulate, double* dx) {
  Backward(y, dy, outer, n, inner, accumulate, dx);
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
void LogSoftmax(const float* x, int64_t outer, int64_t n, int64_t inner, float* y) {
  HWY_DYNAMIC_DISPATCH(ForwardF32)(x, outer, n, inner, y);
}
template <>
void LogSoftmax(const double* x, int64_t outer, int64_t n, int64_t inner, double* y) {
  HWY_DYNAMIC_DISPATCH(ForwardF64)(x, outer, n, inner, y);
}
template <>
void LogSoftmaxBackward(const float* y, const float* dy, int64_t outer, int64_t n, int64_t inner,
                        bool accumulate, float* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardF32)(y, dy, outer, n, inner, accumulate, dx);
}
template <>
void LogSoftmaxBackward(const double* y, const double* dy, int64_t outer, int64_t n,
                        int64_t inner, bool accumulate, double* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardF64)(y, dy, outer, n, inner, accumulate, dx);
}

}  // namespace kernels
}  // namespace hairpin
#endif
