// Sums and affine maps over the rows of images [B, C, S], a row being one channel of one image: for
// batch and group normalisation. Sums of a row are made in T by vectors, and go on in double.
#if defined(HAIRPIN_OPS_KERNELS_CHANNEL_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_CHANNEL_ROWS_INL_H_
#undef HAIRPIN_OPS_KERNELS_CHANNEL_ROWS_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_CHANNEL_ROWS_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/vector_util-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

template <class T>
constexpr int64_t RowLanes() {
  return static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<T>()));
}

// Sum of x.
template <class T>
HWY_INLINE double RowSum(const T* HWY_RESTRICT x, int64_t n) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + RowLanes<T>() <= n; i += RowLanes<T>()) sum = hn::Add(sum, hn::LoadU(d, x + i));
  double total = i > 0 ? static_cast<double>(SumLanes(d, sum)) : 0;
  for (; i < n; ++i) total += static_cast<double>(x[i]);
  return total;
}

// Sum of (x - mean)^2.
template <class T>
HWY_INLINE double RowSquares(const T* HWY_RESTRICT x, int64_t n, T mean) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + RowLanes<T>() <= n; i += RowLanes<T>()) {
    const auto deviation = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean));
    sum = hn::MulAdd(deviation, deviation, sum);
  }
  double total = i > 0 ? static_cast<double>(SumLanes(d, sum)) : 0;
  for (; i < n; ++i) {
    const double deviation = static_cast<double>(x[i] - mean);
    total += deviation * deviation;
  }
  return total;
}

// Sums of dy, and of dy (x - mean).
struct UpstreamSums {
  double plain = 0, deviation = 0;
};

template <class T>
HWY_INLINE void AddRowUpstream(const T* HWY_RESTRICT x, const T* HWY_RESTRICT dy, int64_t n,
                               T mean, UpstreamSums* sums) {
  const hn::ScalableTag<T> d;
  auto plain = hn::Zero(d), deviation = hn::Zero(d);
  int64_t i = 0;
  for (; i + RowLanes<T>() <= n; i += RowLanes<T>()) {
    const auto g = hn::LoadU(d, dy + i);
    plain = hn::Add(plain, g);
    deviation = hn::MulAdd(g, hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), deviation);
  }
  if (i > 0) {
    sums->plain += static_cast<double>(SumLanes(d, plain));
    sums->deviation += static_cast<double>(SumLanes(d, deviation));
  }
  for (; i < n; ++i) {
    sums->plain += static_cast<double>(dy[i]);
    sums->deviation += static_cast<double>(dy[i]) * static_cast<double>(x[i] - mean);
  }
}

// y = (x - mean) scale + shift; y may be x.
template <class T>
HWY_INLINE void NormalizeRow(const T* x, int64_t n, T mean, T scale, T shift, T* y) {
  const hn::ScalableTag<T> d;
  int64_t i = 0;
  for (; i + RowLanes<T>() <= n; i += RowLanes<T>()) {
    hn::StoreU(hn::MulAdd(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), hn::Set(d, scale),
                          hn::Set(d, shift)),
               d, y + i);
  }
  for (; i < n; ++i) {
    const auto one = hn::CappedTag<T, 1>();
    hn::StoreU(hn::MulAdd(hn::Sub(hn::LoadU(one, x + i), hn::Set(one, mean)), hn::Set(one, scale),
                          hn::Set(one, shift)),
               one, y + i);
  }
}

// dx (+)= a dy + b (x - mean) + c; dx may be dy. dy may be null, for 0.
template <class T>
struct RowGradient {
  T mean, a, b, c;
  bool accumulate;

  void operator()(const T* x, const T* dy, int64_t n, T* dx) const {
    int64_t i = 0;
    for (; i + RowLanes<T>() <= n; i += RowLanes<T>()) Some(hn::ScalableTag<T>(), x, dy, i, dx);
    for (; i < n; ++i) Some(hn::CappedTag<T, 1>(), x, dy, i, dx);
  }

 private:
  template <class D>
  HWY_INLINE void Some(D d, const T* x, const T* dy, int64_t i, T* dx) const {
    auto v = hn::MulAdd(hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean)), hn::Set(d, b),
                        hn::Set(d, c));
    if (dy != nullptr) v = hn::MulAdd(hn::LoadU(d, dy + i), hn::Set(d, a), v);
    if (accumulate) v = hn::Add(hn::LoadU(d, dx + i), v);
    hn::StoreU(v, d, dx + i);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_CHANNEL_ROWS_INL_H_
