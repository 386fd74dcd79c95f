#include "ops/kernels/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/softmax.cc"
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

// y = exp(x - max) of a row, and the sum of it.
template <typename T>
HWY_INLINE T ExpRow(const T* x, int64_t n, T max, T* y) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto shift = hn::Set(d, max);
  auto sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto e = Exp(d, hn::Sub(hn::LoadU(d, x + i), shift));
    sum = hn::Add(sum, e);
    hn::StoreU(e, d, y + i);
  }
  if (i < n) {
    const size_t rest = static_cast<size_t>(n - i);
    const auto e = Exp(
        d, hn::Sub(LoadFirst(d, x + i, rest, -std::numeric_limits<T>::infinity()), shift));
    // The lanes past the end are exp(-infinity) = 0, unless max is -infinity.
    sum = hn::Add(sum, e);
    StoreFirst(e, d, y + i, rest);
  }
  return SumLanes(d, sum);
}

template <typename T>
HWY_INLINE void SoftmaxRow(const T* x, int64_t n, T* y) {
  const T sum = ExpRow(x, n, RowMax(x, n), y);
  const T inverse = T(1) / sum;
  RowMap(n, y, [inverse](auto d, auto e) HWY_ATTR { return hn::Mul(e, hn::Set(d, inverse)); }, y);
}

// `count` neighbouring columns of one [n, inner] block, a lane each.
template <typename T>
void SoftmaxColumns(const T* x, int64_t n, int64_t inner, size_t count, T* y) {
  const hn::ScalableTag<T> d;
  auto max = LoadFirst(d, x, count);
  for (int64_t k = 1; k < n; ++k) max = hn::Max(max, LoadFirst(d, x + k * inner, count));
  auto sum = hn::Zero(d);
  for (int64_t k = 0; k < n; ++k) {
    const auto e = Exp(d, hn::Sub(LoadFirst(d, x + k * inner, count), max));
    sum = hn::Add(sum, e);
    StoreFirst(e, d, y + k * inner, count);
  }
  const auto inverse = hn::Div(hn::Set(d, T(1)), sum);
  for (int64_t k = 0; k < n; ++k) {
    StoreFirst(hn::Mul(LoadFirst(d, y + k * inner, count), inverse), d, y + k * inner, count);
  }
}

template <typename T>
void SoftmaxBackwardColumns(const T* y, const T* dy, int64_t n, int64_t inner, size_t count,
                            bool accumulate, T* dx) {
  const hn::ScalableTag<T> d;
  auto dot = hn::Zero(d);
  for (int64_t k = 0; k < n; ++k) {
    dot = hn::MulAdd(LoadFirst(d, y + k * inner, count), LoadFirst(d, dy + k * inner, count), dot);
  }
  for (int64_t k = 0; k < n; ++k) {
    auto g = hn::Mul(LoadFirst(d, y + k * inner, count),
                     hn::Sub(LoadFirst(d, dy + k * inner, count), dot));
    if (accumulate) g = hn::Add(LoadFirst(d, dx + k * inner, count), g);
    StoreFirst(g, d, dx + k * inner, count);
  }
}

template <typename T>
void Softmax(const T* x, int64_t outer, int64_t n, int64_t inner, T* y) {
  if (inner == 1) {
    ForEachRow(outer, n, [&](int64_t row) HWY_ATTR { SoftmaxRow(x + row * n, n, y + row * n); });
  } else {
    ForEachColumns<T>(outer, n, inner, [&](int64_t at, size_t count) HWY_ATTR {
      SoftmaxColumns(x + at, n, inner, count, y + at);
    });
  }
}

template <typename T>
void SoftmaxGradient(const T* y, const T* dy, int64_t outer, int64_t n, int64_t inner,
                     bool accumulate, T* dx) {
  if (inner != 1) {
    ForEachColumns<T>(outer, n, inner, [&](int64_t at, size_t count) HWY_ATTR {
      SoftmaxBackwardColumns(y + at, dy + at, n, inner, count, accumulate, dx + at);
    });
    return;
  }
  ForEachRow(outer, n, [&](int64_t row) HWY_ATTR {
    const T* p = y + row * n;
    const T* dp = dy + row * n;
    T* dq = dx + row * n;
    const T dot =
        RowSum(n, T(0), [](auto, auto a, auto b) HWY_ATTR { return hn::Mul(a, b); }, p, dp);
    const auto f = [dot](auto d, auto a, auto da) HWY_ATTR {
      return hn::Mul(a, hn::Sub(da, hn::Set(d, dot)));
    };
    if (accumulate) {
      RowMap(n, dq,
             [&f](auto d, auto a, auto da, auto old) HWY_ATTR { return hn::Add(old, f(d, a, da)); },
             p, dp, dq);
    } else {
      RowMap(n, dq, f, p, dp);
    }
  });
}

template <typename T>
void LogSumExp(const T* x, int64_t rows, int64_t n, T* y) {
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = x + row * n;
    const T max = RowMax(p, n);
    const T sum = RowSum(
        n, -std::numeric_limits<T>::infinity(),
        [max](auto d, auto v) HWY_ATTR { return Exp(d, hn::Sub(v, hn::Set(d, max))); }, p);
    const hn::ScalableTag<T> d;
    y[row] = max + hn::GetLane(Log(d, hn::Set(d, sum)));
  });
}

void SoftmaxF32(const float* x, int64_t outer, int64_t n, int64_t inner, float* y) {
  Softmax(x, outer, n, inner, y);
}
void SoftmaxF64(const double* x, int64_t outer, int64_t n, int64_t inner, double* y) {
  Softmax(x, outer, n, inner, y);
}
void SoftmaxGradientF32(const float* y, const float* dy, int64_t outer, int64_t n, int64_t inner,
                        bool accumulate, float* dx) {
  SoftmaxGradient(y, dy, outer, n, inner, accumulate, dx);
}
void SoftmaxGradientF64(const double* y, const double* dy, int64_t outer, int64_t n,
                        int64_t inner, bool accumulate, double* dx) {
  SoftmaxGradient(y, dy, outer, n, inner, accumulate, dx);
}
void LogSumExpF32(const float* x, int64_t rows, int64_t n, float* y) { LogSumExp(x, rows, n, y); }
void LogSumExpF64(const double* x, int64_t rows, int64_t n, double* y) {
  LogSumExp(x, rows, n, y);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(SoftmaxF32);
HWY_EXPORT(SoftmaxF64);
HWY_EXPORT(SoftmaxGradientF32);
HWY_EXPORT(SoftmaxGradientF64);
HWY_EXPORT(LogSumExpF32);
HWY_EXPORT(LogSumExpF64);

namespace kernels {

template <>
void Softmax(const float* x, int64_t outer, int64_t n, int64_t inner, float* y) {
  HWY_DYNAMIC_DISPATCH(SoftmaxF32)(x, outer, n, inner, y);
}
template <>
void Softmax(const double* x, int64_t outer, int64_t n, int64_t inner, double* y) {
  HWY_DYNAMIC_DISPATCH(SoftmaxF64)(x, outer, n, inner, y);
}
template <>
void SoftmaxBackward(const float* y, const float* dy, int64_t outer, int64_t n, int64_t inner,
                     bool accumulate, float* dx) {
  HWY_DYNAMIC_DISPATCH(SoftmaxGradientF32)(y, dy, outer, n, inner, accumulate, dx);
}
template <>
void SoftmaxBackward(const double* y, const double* dy, int64_t outer, int64_t n, int64_t inner,
                     bool accumulate, double* dx) {
  HWY_DYNAMIC_DISPATCH(SoftmaxGradientF64)(y, dy, outer, n, inner, accumulate, dx);
}
template <>
void LogSumExp(const float* x, int64_t rows, int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(LogSumExpF32)(x, rows, n, y);
}
template <>
void LogSumExp(const double* x, int64_t rows, int64_t n, double* y) {
  HWY_DYNAMIC_DISPATCH(LogSumExpF64)(x, rows, n, y);
}

}  // namespace kernels
}  // namespace hairpin
#endif
