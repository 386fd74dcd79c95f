#include "ops/kernels/max.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/max.cc"
#include "hwy/foreach_target.h"
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/reduction_loops.h"
#include "ops/kernels/vector_util-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

constexpr int64_t kBlock = 16384;  // elements

// The larger of two, a NaN if one is: the instruction for it differs there from
// one target to another.
template <class V>
HWY_INLINE V Larger(V a, V b) {
  return hn::IfThenElse(hn::Or(hn::Gt(a, b), hn::IsNaN(a)), a, b);
}

// The largest of x[0, n) and `max`, n >= 1.
template <typename T>
HWY_INLINE T LargestOfSpan(const T* x, int64_t n, T max) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto m = hn::Set(d, max);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) m = Larger(m, hn::LoadU(d, x + i));
  if (i < n) m = Larger(m, LoadFirst(d, x + i, static_cast<size_t>(n - i), x[i]));
  HWY_ALIGN T lane[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(m, d, lane);
  T largest = lane[0];
  for (int64_t k = 1; k < lanes; ++k) {
    largest = largest > lane[k] || largest != largest ? largest : lane[k];
  }
  return largest;
}

// The innermost axis is reduced: an output is the largest of whole spans.
template <typename T>
HWY_INLINE T MaxOfSpans(const T* x, const ReductionLoops& r, int64_t index) {
  const T* base = x + r.outer.OffsetsOf(index, r.outer.rank)[0];
  T max = base[0];
  for (int64_t i = 0; i < r.reduced.elements; ++i) {
    max = LargestOfSpan(base + r.reduced.OffsetsOf(i, r.reduced.rank)[0], r.inner, max);
  }
  return max;
}

// The innermost axis stays: a row of outputs, each the largest of a column.
template <typename T>
HWY_INLINE void MaxOfColumns(const T* x, const ReductionLoops& r, int64_t index, T* y) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const T* base = x + r.outer.OffsetsOf(index, r.outer.rank)[0];
  std::copy(base, base + r.inner, y);
  for (int64_t i = 1; i < r.reduced.elements; ++i) {
    const T* row = base + r.reduced.OffsetsOf(i, r.reduced.rank)[0];
    int64_t c = 0;
    for (; c + lanes <= r.inner; c += lanes) {
      hn::StoreU(Larger(hn::LoadU(d, y + c), hn::LoadU(d, row + c)), d, y + c);
    }
    if (c < r.inner) {
      const size_t rest = static_cast<size_t>(r.inner - c);
      StoreFirst(Larger(LoadFirst(d, y + c, rest), LoadFirst(d, row + c, rest)), d, y + c, rest);
    }
  }
}

template <typename T>
void Run(const T* x, const ReductionLoops& r, T* y) {
  const int64_t grain = std::max<int64_t>(1, kBlock / (r.inner * r.reduced.elements));
  ParallelFor(CeilDiv(r.outer.elements, grain), [&](int64_t block, int) HWY_ATTR {
    const int64_t end = std::min(r.outer.elements, (block + 1) * grain);
    for (int64_t index = block * grain; index < end; ++index) {
      if (r.inner_reduced) {
        y[index] = MaxOfSpans(x, r, index);
      } else {
        MaxOfColumns(x, r, index, y + index * r.inner);
      }
    }
  });
}

void RunF32(const float* x, const ReductionLoops& r, float* y) { Run(x, r, y); }
void RunF64(const double* x, const ReductionLoops& r, double* y) { Run(x, r, y); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(RunF32);
HWY_EXPORT(RunF64);

namespace kernels {

template <>
void MaxToShape(const float* x, const Shape& x_shape, float* y, const Shape& y_shape) {
  if (x_shape.num_elements() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunF32)(x, MakeReduction(x_shape, y_shape), y);
}
template <>
void MaxToShape(const double* x, const Shape& x_shape, double* y, const Shape& y_shape) {
  if (x_shape.num_elements() == 0) return;
  HWY_DYNAMIC_DISPATCH(RunF64)(x, MakeReduction(x_shape, y_shape), y);
}

}  // namespace kernels
}  // namespace hairpin
#endif
