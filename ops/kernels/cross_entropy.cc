#include "ops/kernels/cross_entropy.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/cross_entropy.cc"
#include "hwy/foreach_target.h"
#include <algorithm>
#include <limits>

#include "hwy/highway.h"
#include "ops/kernels/math-inl.h"
#include "ops/kernels/rows-inl.h"
#include "tensor/check.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
void Forward(const T* logits, const int32_t* targets, int32_t ignore_index, int64_t rows,
             int64_t n, T* loss, T* lse, int32_t* correct, double smoothing) {
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = logits + row * n;
    const int32_t target = targets[row];
    if (target == ignore_index) {
      loss[row] = lse[row] = T(0);
      if (correct != nullptr) correct[row] = 0;
      return;
    }
    HAIRPIN_DCHECK(target >= 0 && target < n) << "cross_entropy: target " << target;
    const T max = RowMax(p, n);
    const T sum = RowSum(
        n, -std::numeric_limits<T>::infinity(),
        [max](auto d, auto v) HWY_ATTR { return ExpBounded(d, hn::Sub(v, hn::Set(d, max))); }, p);
    const hn::ScalableTag<T> d;
    const T log_sum = hn::GetLane(Log(d, hn::Set(d, sum)));
    lse[row] = max + log_sum;
    // In this order the loss keeps its digits when logits share a large offset.
    loss[row] = log_sum + (max - p[target]);
    if (smoothing > 0) {
      const T below_max = RowSum(
          n, max, [max](auto d, auto v) HWY_ATTR { return hn::Sub(v, hn::Set(d, max)); }, p);
      loss[row] +=
          static_cast<T>(smoothing) * ((p[target] - max) - below_max / static_cast<T>(n));
    }
    if (correct != nullptr) {
      correct[row] = p[target] == max && std::find(p, p + target, max) == p + target;
    }
  });
}

template <typename T>
void Backward(const T* logits, const int32_t* targets, int32_t ignore_index, const T* lse,
              const T* dloss, int64_t rows, int64_t n, T* dlogits, double smoothing) {
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const T* p = logits + row * n;
    T* dp = dlogits + row * n;
    const int32_t target = targets[row];
    if (target == ignore_index) {
      std::fill(dp, dp + n, T(0));
      return;
    }
    const T shift = lse[row], scale = dloss[row];
    const hn::ScalableTag<T> d;
    const T probability = hn::GetLane(ExpBounded(d, hn::Set(d, p[target] - shift)));
    if (smoothing > 0) {
      const T spread = static_cast<T>(smoothing / static_cast<double>(n));
      RowMap(n, dp,
             [shift, scale, spread](auto d, auto v) HWY_ATTR {
               const auto p = ExpBounded(d, hn::Sub(v, hn::Set(d, shift)));
               return hn::Mul(hn::Sub(p, hn::Set(d, spread)), hn::Set(d, scale));
             },
             p);
      dp[target] = (probability - static_cast<T>(1 - smoothing) - spread) * scale;
      return;
    }
    RowMap(n, dp,
           [shift, scale](auto d, auto v) HWY_ATTR {
             return hn::Mul(ExpBounded(d, hn::Sub(v, hn::Set(d, shift))), hn::Set(d, scale));
           },
           p);
    dp[target] = (probability - T(1)) * scale;
  });
}

void CrossEntropyF32(const float* logits, const int32_t* targets, int32_t ignore_index,
                     int64_t rows, int64_t n, float* loss, float* lse, int32_t* correct,
                     double smoothing) {
  Forward(logits, targets, ignore_index, rows, n, loss, lse, correct, smoothing);
}
void CrossEntropyF64(const double* logits, const int32_t* targets, int32_t ignore_index,
                     int64_t rows, int64_t n, double* loss, double* lse, int32_t* correct,
                     double smoothing) {
  Forward(logits, targets, ignore_index, rows, n, loss, lse, correct, smoothing);
}
void CrossEntropyBackwardF32(const float* logits, const int32_t* targets, int32_t ignore_index,
                             const float* lse, const float* dloss, int64_t rows, int64_t n,
                             float* dlogits, double smoothing) {
  Backward(logits, targets, ignore_index, lse, dloss, rows, n, dlogits, smoothing);
}
void CrossEntropyBackwardF64(const double* logits, const int32_t* targets, int32_t ignore_index,
                             const double* lse, const double* dloss, int64_t rows, int64_t n,
                             double* dlogits, double smoothing) {
  Backward(logits, targets, ignore_index, lse, dloss, rows, n, dlogits, smoothing);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(CrossEntropyF32);
HWY_EXPORT(CrossEntropyF64);
HWY_EXPORT(CrossEntropyBackwardF32);
HWY_EXPORT(CrossEntropyBackwardF64);

namespace kernels {

template <>
void CrossEntropy(const float* logits, const int32_t* targets, int32_t ignore_index, int64_t M,
                  int64_t V, float* loss, float* lse, int32_t* correct, double smoothing) {
  HWY_DYNAMIC_DISPATCH(CrossEntropyF32)
  (logits, targets, ignore_index, M, V, loss, lse, correct, smoothing);
}
template <>
void CrossEntropy(const double* logits, const int32_t* targets, int32_t ignore_index, int64_t M,
                  int64_t V, double* loss, double* lse, int32_t* correct, double smoothing) {
  HWY_DYNAMIC_DISPATCH(CrossEntropyF64)
  (logits, targets, ignore_index, M, V, loss, lse, correct, smoothing);
}
template <>
void CrossEntropyBackward(const float* logits, const int32_t* targets, int32_t ignore_index,
                          const float* lse, const float* dloss, int64_t M, int64_t V,
                          float* dlogits, double smoothing) {
  HWY_DYNAMIC_DISPATCH(CrossEntropyBackwardF32)
  (logits, targets, ignore_index, lse, dloss, M, V, dlogits, smoothing);
}
template <>
void CrossEntropyBackward(const double* logits, const int32_t* targets, int32_t ignore_index,
                          const double* lse, const double* dloss, int64_t M, int64_t V,
                          double* dlogits, double smoothing) {
  HWY_DYNAMIC_DISPATCH(CrossEntropyBackwardF64)
  (logits, targets, ignore_index, lse, dloss, M, V, dlogits, smoothing);
}

}  // namespace kernels
}  // namespace hairpin
#endif
