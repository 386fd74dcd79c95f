// The elementwise driver: y = f(inputs), element by element, for any vector
// functor f. A new operation supplies f and f':
//
//   struct ExpKernel {
//     template <class D, class V>
//     static V Forward(D d, V x) { return Exp(d, x); }
//     template <class D, class V>
//     static V Backward(D, V y, V dy) { return hn::Mul(dy, y); }  // dx
//   };
//   HAIRPIN_UNARY_KERNEL(Exp)          // in the target's namespace
//   HAIRPIN_EXPORT_UNARY_KERNEL(Exp)   // once, in namespace hairpin
//
// which define kernels::Exp and kernels::ExpBackward as declared in unary.h.
//
// Work is cut into blocks of kElementwiseBlock elements, and the end of an
// array goes through the same vector code as its middle: an element's bits
// depend on its inputs alone. The output may be one of the inputs, if that has
// the output's shape.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_ELEMENTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ELEMENTWISE_INL_H_
#undef HAIRPIN_OPS_KERNELS_ELEMENTWISE_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ELEMENTWISE_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "hwy/highway.h"
#include "ops/kernels/loop_nest.h"
#include "ops/kernels/prefetch.h"
#include "ops/kernels/vector_util-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int64_t kElementwiseBlock = 16384;

// y[i] (=|+=) f(x_0[i step_0], x_1[i step_1], ...) for i < n; a step is 1, or 0
// where x_k points at a vector of equal lanes.
template <bool kAccumulate, typename T, class F, size_t... kIndex>
HWY_INLINE void MapSpan(const F& f, std::array<const T*, sizeof...(kIndex)> x,
                        const std::array<int64_t, sizeof...(kIndex)>& step, int64_t n, T* y,
                        std::index_sequence<kIndex...>) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    (PrefetchAhead(x[kIndex]), ...);
    PrefetchAheadForWrite(y + i);
    auto v = f(d, hn::LoadU(d, x[kIndex])...);
    if constexpr (kAccumulate) v = hn::Add(hn::LoadU(d, y + i), v);
    hn::StoreU(v, d, y + i);
    ((x[kIndex] += lanes * step[kIndex]), ...);
  }
  if (i < n) {
    const size_t rest = static_cast<size_t>(n - i);
    auto v = f(d, LoadFirst(d, x[kIndex], rest)...);
    if constexpr (kAccumulate) v = hn::Add(LoadFirst(d, y + i, rest), v);
    StoreFirst(v, d, y + i, rest);
  }
}

// Elements [begin, end) of the output of a nest as BroadcastNest makes it.
template <bool kAccumulate, typename T, class F, size_t kInputs>
void MapRange(const LoopNest<kInputs + 1>& nest, const F& f,
              const std::array<const T*, kInputs>& x, int64_t begin, int64_t end, T* y) {
  const hn::ScalableTag<T> d;
  HWY_ALIGN T splat[kInputs][HWY_MAX_BYTES / sizeof(T)];
  const int64_t inner = nest.inner_size();
  const auto inner_strides = nest.inner_strides();
  while (begin < end) {
    const int64_t row = begin / inner, column = begin % inner;
    const int64_t n = std::min(inner - column, end - begin);
    const auto offsets = nest.OffsetsOf(row, nest.rank - 1);
    std::array<const T*, kInputs> p;
    std::array<int64_t, kInputs> step;
    for (size_t k = 0; k < kInputs; ++k) {
      step[k] = inner_strides[k + 1];
      p[k] = x[k] + offsets[k + 1] + column * step[k];
      if (step[k] == 0) {
        hn::Store(hn::Set(d, *p[k]), d, splat[k]);
        p[k] = splat[k];
      }
    }
    MapSpan<kAccumulate>(f, p, step, n, y + begin, std::make_index_sequence<kInputs>());
    begin += n;
  }
}

template <typename T, class F, size_t kInputs>
void MapNest(const LoopNest<kInputs + 1>& nest, const F& f,
             const std::array<const T*, kInputs>& x, bool accumulate, T* y) {
  ParallelFor(CeilDiv(nest.elements, kElementwiseBlock), [&](int64_t block, int) HWY_ATTR {
    const int64_t begin = block * kElementwiseBlock;
    const int64_t end = std::min(begin + kElementwiseBlock, nest.elements);
    if (accumulate) {
      MapRange<true, T, F, kInputs>(nest, f, x, begin, end, y);
    } else {
      MapRange<false, T, F, kInputs>(nest, f, x, begin, end, y);
    }
  });
}

// y[i] (=|+=) f(x_0[i], x_1[i], ...), i < n.
template <typename T, class F, size_t kInputs>
void Map(const F& f, const std::array<const T*, kInputs>& x, int64_t n, bool accumulate, T* y) {
  LoopNest<kInputs + 1> nest;
  std::array<int64_t, kInputs + 1> ones;
  ones.fill(1);
  nest.Append(n, ones);
  MapNest<T, F, kInputs>(nest, f, x, accumulate, y);
}

// y = Kernel::Forward(x).
template <class Kernel, typename T>
void MapForward(const T* x, int64_t n, T* y) {
  const auto f = [](auto d, auto v) HWY_ATTR { return Kernel::Forward(d, v); };
  Map<T, decltype(f), 1>(f, {x}, n, false, y);
}

// dx (=|+=) Kernel::Backward(saved, dy).
template <class Kernel, typename T>
void MapBackward(const T* saved, const T* dy, int64_t n, bool accumulate, T* dx) {
  const auto f = [](auto d, auto v, auto dv) HWY_ATTR { return Kernel::Backward(d, v, dv); };
  Map<T, decltype(f), 2>(f, {saved, dy}, n, accumulate, dx);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#ifndef HAIRPIN_UNARY_KERNEL
#define HAIRPIN_UNARY_KERNEL(Name)                                                       \
  void Name##ForwardF32(const float* x, int64_t n, float* y) {                           \
    MapForward<Name##Kernel>(x, n, y);                                                   \
  }                                                                                      \
  void Name##ForwardF64(const double* x, int64_t n, double* y) {                         \
    MapForward<Name##Kernel>(x, n, y);                                                   \
  }                                                                                      \
  void Name##BackwardF32(const float* saved, const float* dy, int64_t n, bool accumulate, \
                         float* dx) {                                                    \
    MapBackward<Name##Kernel>(saved, dy, n, accumulate, dx);                             \
  }                                                                                      \
  void Name##BackwardF64(const double* saved, const double* dy, int64_t n,               \
                         bool accumulate, double* dx) {                                  \
    MapBackward<Name##Kernel>(saved, dy, n, accumulate, dx);                             \
  }

#define HAIRPIN_EXPORT_UNARY_KERNEL(Name)                                              \
  HWY_EXPORT(Name##ForwardF32);                                                        \
  HWY_EXPORT(Name##ForwardF64);                                                        \
  HWY_EXPORT(Name##BackwardF32);                                                       \
  HWY_EXPORT(Name##BackwardF64);                                                       \
  namespace kernels {                                                                  \
  template <>                                                                          \
  void Name(const float* x, int64_t n, float* y) {                                     \
    HWY_DYNAMIC_DISPATCH(Name##ForwardF32)(x, n, y);                                   \
  }                                                                                    \
  template <>                                                                          \
  void Name(const double* x, int64_t n, double* y) {                                   \
    HWY_DYNAMIC_DISPATCH(Name##ForwardF64)(x, n, y);                                   \
  }                                                                                    \
  template <>                                                                          \
  void Name##Backward(const float* saved, const float* dy, int64_t n, bool accumulate, \
                      float* dx) {                                                     \
    HWY_DYNAMIC_DISPATCH(Name##BackwardF32)(saved, dy, n, accumulate, dx);             \
  }                                                                                    \
  template <>                                                                          \
  void Name##Backward(const double* saved, const double* dy, int64_t n,                \
                      bool accumulate, double* dx) {                                   \
    HWY_DYNAMIC_DISPATCH(Name##BackwardF64)(saved, dy, n, accumulate, dx);             \
  }                                                                                    \
  }
#endif

#endif  // HAIRPIN_OPS_KERNELS_ELEMENTWISE_INL_H_
