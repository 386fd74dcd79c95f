#include "ops/kernels/layer_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/layer_norm.cc"
#include "hwy/foreach_target.h"
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/rows-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void Forward(const T* x, const T* weight, const T* bias, int64_t rows, int64_t n,
             double epsilon, T* y, T* mean, T* rstd) {
  const T eps = static_cast<T>(epsilon);
  const T inverse_n = T(1) / static_cast<T>(n);
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = x + row * n;
    // The first element is taken off before summing: a large common offset
    // would otherwise cost the mean its digits.
    const T origin = p[0];
    const T m = origin + inverse_n * RowSum(
        n, origin, [origin](auto d, auto v) HWY_ATTR { return hn::Sub(v, hn::Set(d, origin)); },
        p);
    const T variance = inverse_n * RowSum(
        n, m,
        [m](auto d, auto v) HWY_ATTR {
          const auto c = hn::Sub(v, hn::Set(d, m));
          return hn::Mul(c, c);
        },
        p);
    const T r = T(1) / std::sqrt(variance + eps);
    mean[row] = m;
    rstd[row] = r;
    RowMap(n, y + row * n,
           [m, r](auto d, auto v, auto w, auto b) HWY_ATTR {
             const auto xhat = hn::Mul(hn::Sub(v, hn::Set(d, m)), hn::Set(d, r));
             return hn::MulAdd(xhat, w, b);
           },
           p, weight, bias);
  });
}

template <typename T>
void Backward(const T* x, const T* weight, const T* mean, const T* rstd, const T* dy,
              int64_t rows, int64_t n, bool accumulate, T* dx) {
  const T inverse_n = T(1) / static_cast<T>(n);
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = x + row * n;
    const T* dp = dy + row * n;
    T* dq = dx + row * n;
    const T m = mean[row], r = rstd[row];
    const T mean_g = inverse_n * RowSum(
        n, T(0), [](auto, auto g, auto w) HWY_ATTR { return hn::Mul(g, w); }, dp, weight);
    const T mean_gx = r * inverse_n * RowSum(
        n, T(0),
        [m](auto d, auto g, auto w, auto v) HWY_ATTR {
          return hn::Mul(hn::Mul(g, w), hn::Sub(v, hn::Set(d, m)));
        },
        dp, weight, p);
    const auto f = [=](auto d, auto g, auto w, auto v) HWY_ATTR {
      const auto xhat = hn::Mul(hn::Sub(v, hn::Set(d, m)), hn::Set(d, r));
      const auto centered = hn::MulSub(g, w, hn::Set(d, mean_g));
      return hn::Mul(hn::NegMulAdd(xhat, hn::Set(d, mean_gx), centered), hn::Set(d, r));
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

constexpr int64_t kStripe = 32;  // columns summed together
constexpr int64_t kChunk = 32;   // rows added in T before they go to double

// Sums of columns [0, n), n <= kStripe; the arrays' rows are `stride` apart.
template <typename T>
void StripeParameters(const T* x, const T* mean, const T* rstd, const T* dy, int64_t rows,
                      int64_t stride, int64_t n, double* sum_weight, double* sum_bias) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN T chunk_weight[kStripe + HWY_MAX_BYTES / sizeof(T)];
  HWY_ALIGN T chunk_bias[kStripe + HWY_MAX_BYTES / sizeof(T)];
  for (int64_t first = 0; first < rows; first += kChunk) {
    const int64_t end = std::min(rows, first + kChunk);
    std::fill(chunk_weight, chunk_weight + kStripe, T(0));
    std::fill(chunk_bias, chunk_bias + kStripe, T(0));
    for (int64_t row = first; row < end; ++row) {
      const T* p = x + row * stride;
      const T* dp = dy + row * stride;
      const auto m = hn::Set(d, mean == nullptr ? T(0) : mean[row]), r = hn::Set(d, rstd[row]);
      for (int64_t c = 0; c < n; c += lanes) {
        const bool whole = c + lanes <= n;
        const size_t rest = static_cast<size_t>(n - c);
        const auto g = whole ? hn::LoadU(d, dp + c) : LoadFirst(d, dp + c, rest);
        const auto v = whole ? hn::LoadU(d, p + c) : LoadFirst(d, p + c, rest);
        const auto xhat = hn::Mul(hn::Sub(v, m), r);
        hn::Store(hn::MulAdd(g, xhat, hn::Load(d, chunk_weight + c)), d, chunk_weight + c);
        hn::Store(hn::Add(g, hn::Load(d, chunk_bias + c)), d, chunk_bias + c);
      }
    }
    for (int64_t c = 0; c < n; ++c) {
      sum_weight[c] += static_cast<double>(chunk_weight[c]);
      sum_bias[c] += static_cast<double>(chunk_bias[c]);
    }
  }
}

template <typename T>
void Parameters(const T* x, const T* mean, const T* rstd, const T* dy, int64_t rows, int64_t n,
                bool accumulate_weight, T* dweight, bool accumulate_bias, T* dbias) {
  ParallelFor(CeilDiv(n, kStripe), [&](int64_t stripe, int) HWY_ATTR {
    const int64_t column = stripe * kStripe;
    const int64_t count = std::min(kStripe, n - column);
    double sum_weight[kStripe] = {}, sum_bias[kStripe] = {};
    StripeParameters(x + column, mean, rstd, dy + column, rows, n, count, sum_weight, sum_bias);
    const auto put = [&](const double* sum, bool accumulate, T* out) {
      if (out == nullptr) return;
      for (int64_t c = 0; c < count; ++c) {
        const T value = static_cast<T>(sum[c]);
        out[column + c] = accumulate ? out[column + c] + value : value;
      }
    };
    put(sum_weight, accumulate_weight, dweight);
    put(sum_bias, accumulate_bias, dbias);
  });
}

void LayerNormF32(const float* x, const float* weight, const float* bias, int64_t rows,
                  int64_t n, double epsilon, float* y, float* mean, float* rstd) {
  Forward(x, weight, bias, rows, n, epsilon, y, mean, rstd);
}
void LayerNormF64(const double* x, const double* weight, const double* bias, int64_t rows,
                  int64_t n, double epsilon, double* y, double* mean, double* rstd) {
  Forward(x, weight, bias, rows, n, epsilon, y, mean, rstd);
}
void LayerNormBackwardF32(const float* x, const float* weight, const float* mean,
                          const float* rstd, const float* dy, int64_t rows, int64_t n,
                          bool accumulate, float* dx) {
  Backward(x, weight, mean, rstd, dy, rows, n, accumulate, dx);
}
void LayerNormBackwardF64(const double* x, const double* weight, const double* mean,
                          const double* rstd, const double* dy, int64_t rows, int64_t n,
                          bool accumulate, double* dx) {
  Backward(x, weight, mean, rstd, dy, rows, n, accumulate, dx);
}
void LayerNormParametersF32(const float* x, const float* mean, const float* rstd,
                            const float* dy, int64_t rows, int64_t n, bool accumulate_weight,
                            float* dweight, bool accumulate_bias, float* dbias) {
  Parameters(x, mean, rstd, dy, rows, n, accumulate_weight, dweight, accumulate_bias, dbias);
}
void LayerNormParametersF64(const double* x, const double* mean, const double* rstd,
                            const double* dy, int64_t rows, int64_t n, bool accumulate_weight,
                            double* dweight, bool accumulate_bias, double* dbias) {
  Parameters(x, mean, rstd, dy, rows, n, accumulate_weight, dweight, accumulate_bias, dbias);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(LayerNormF32);
HWY_EXPORT(LayerNormF64);
HWY_EXPORT(LayerNormBackwardF32);
HWY_EXPORT(LayerNormBackwardF64);
HWY_EXPORT(LayerNormParametersF32);
HWY_EXPORT(LayerNormParametersF64);

namespace kernels {

template <>
void LayerNorm(const float* x, const float* weight, const float* bias, int64_t rows, int64_t n,
               double epsilon, float* y, float* mean, float* rstd) {
  HWY_DYNAMIC_DISPATCH(LayerNormF32)(x, weight, bias, rows, n, epsilon, y, mean, rstd);
}
template <>
void LayerNorm(const double* x, const double* weight, const double* bias, int64_t rows,
               int64_t n, double epsilon, double* y, double* mean, double* rstd) {
  HWY_DYNAMIC_DISPATCH(LayerNormF64)(x, weight, bias, rows, n, epsilon, y, mean, rstd);
}
template <>
void LayerNormBackward(const float* x, const float* weight, const float* mean,
                       const float* rstd, const float* dy, int64_t rows, int64_t n,
                       bool accumulate, float* dx) {
  HWY_DYNAMIC_DISPATCH(LayerNormBackwardF32)
  (x, weight, mean, rstd, dy, rows, n, accumulate, dx);
}
template <>
void LayerNormBackward(const double* x, const double* weight, const double* mean,
                       const double* rstd, const double* dy, int64_t rows, int64_t n,
                       bool accumulate, double* dx) {
  HWY_DYNAMIC_DISPATCH(LayerNormBackwardF64)
  (x, weight, mean, rstd, dy, rows, n, accumulate, dx);
}
template <>
void LayerNormBackwardParameters(const float* x, const float* mean, const float* rstd,
                                 const float* dy, int64_t rows, int64_t n,
                                 bool accumulate_weight, float* dweight, bool accumulate_bias,
                                 float* dbias) {
  HWY_DYNAMIC_DISPATCH(LayerNormParametersF32)
  (x, mean, rstd, dy, rows, n, accumulate_weight, dweight, accumulate_bias, dbias);
}
template <>
void LayerNormBackwardParameters(const double* x, const double* mean, const double* rstd,
                                 const double* dy, int64_t rows, int64_t n,
                                 bool accumulate_weight, double* dweight, bool accumulate_bias,
                                 double* dbias) {
  HWY_DYNAMIC_DISPATCH(LayerNormParametersF64)
  (x, mean, rstd, dy, rows, n, accumulate_weight, dweight, accumulate_bias, dbias);
}

}  // namespace kernels
}  // namespace hairpin
#endif
