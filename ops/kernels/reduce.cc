#include "ops/kernels/reduce.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/reduce.cc"
#include "hwy/foreach_target.h"
#include <algorithm>

#include "hwy/highway.h"
#include "ops/kernels/reduction_loops.h"
#include "ops/kernels/sum-inl.h"
#include "tensor/thread_pool.h"

#ifndef HAIRPIN_OPS_KERNELS_SUM_LOOPS_
#define HAIRPIN_OPS_KERNELS_SUM_LOOPS_
namespace hairpin {
struct SumLoops : ReductionLoops {
  double scale = 1;
  bool accumulate = false;
};
}  // namespace hairpin
#endif

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

constexpr int64_t kStripe = 64;  // columns summed together
constexpr int64_t kChunk = 32;   // rows added in T before they go to double

struct Identity {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return x;
  }
};
struct Square {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Mul(x, x);
  }
};

template <typename T>
HWY_INLINE void Put(double sum, const SumLoops& r, T* y) {
  const T value = static_cast<T>(sum * r.scale);
  *y = r.accumulate ? *y + value : value;
}

// The innermost axis is summed: an output is the sum of whole spans of x.
template <typename T>
void SumInner(const T* x, const SumLoops& r, T* y) {
  const auto output = [&](int64_t index) HWY_ATTR {
    const T* base = x + r.outer.OffsetsOf(index, r.outer.rank)[0];
    double sum = 0;
    for (int64_t i = 0; i < r.reduced.elements; ++i) {
      sum += SumSpan(r.inner, Identity(), base + r.reduced.OffsetsOf(i, r.reduced.rank)[0]);
    }
    Put(sum, r, y + index);
  };
  const int64_t work = r.inner * r.reduced.elements;
  if (work >= 4 * kSumBlock) {  // parallel inside an output
    for (int64_t index = 0; index < r.outer.elements; ++index) output(index);
    return;
  }
  const int64_t outputs = std::max<int64_t>(1, kSumBlock / work);
  ParallelFor(CeilDiv(r.outer.elements, outputs), [&](int64_t block, int) HWY_ATTR {
    const int64_t end = std::min(r.outer.elements, (block + 1) * outputs);
    for (int64_t index = block * outputs; index < end; ++index) output(index);
  });
}

// The sum over `rows` of n <= kStripe neighbouring columns.
template <typename T>
void SumStripe(const T* x, const SumLoops& r, int64_t n, T* y) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN T chunk[kStripe];
  double sum[kStripe] = {};
  for (int64_t row = 0; row < r.reduced.elements; row += kChunk) {
    const int64_t end = std::min(r.reduced.elements, row + kChunk);
    std::fill(chunk, chunk + kStripe, T(0));
    for (int64_t i = row; i < end; ++i) {
      const T* p = x + r.reduced.OffsetsOf(i, r.reduced.rank)[0];
      int64_t c = 0;
      for (; c + lanes <= n; c += lanes) {
        hn::Store(hn::Add(hn::Load(d, chunk + c), hn::LoadU(d, p + c)), d, chunk + c);
      }
      for (; c < n; ++c) chunk[c] += p[c];
    }
    for (int64_t c = 0; c < n; ++c) sum[c] += static_cast<double>(chunk[c]);
  }
  for (int64_t c = 0; c < n; ++c) Put(sum[c], r, y + c);
}

// The innermost axis stays: sums of rows, by stripes of columns.
template <typename T>
void SumOuter(const T* x, const SumLoops& r, T* y) {
  const int64_t stripes = CeilDiv(r.inner, kStripe);
  const int64_t units = r.outer.elements * stripes;
  const int64_t work = r.reduced.elements * std::min(r.inner, kStripe);
  const int64_t grain = std::max<int64_t>(1, kSumBlock / work);
  ParallelFor(CeilDiv(units, grain), [&](int64_t block, int) HWY_ATTR {
    const int64_t end = std::min(units, (block + 1) * grain);
    for (int64_t unit = block * grain; unit < end; ++unit) {
      const int64_t index = unit / stripes, column = unit % stripes * kStripe;
      SumStripe(x + r.outer.OffsetsOf(index, r.outer.rank)[0] + column, r,
                std::min(kStripe, r.inner - column), y + index * r.inner + column);
    }
  });
}

template <typename T>
void Sum(const T* x, const SumLoops& r, T* y) {
  if (r.inner_reduced) {
    SumInner(x, r, y);
  } else {
    SumOuter(x, r, y);
  }
}

void SumF32(const float* x, const SumLoops& r, float* y) { Sum(x, r, y); }
void SumF64(const double* x, const SumLoops& r, double* y) { Sum(x, r, y); }
double SumOfSquaresF32(const float* x, int64_t n) { return SumSpan(n, Square(), x); }
double SumOfSquaresF64(const double* x, int64_t n) { return SumSpan(n, Square(), x); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {
namespace {

// Whether there is something to add up; if not, y becomes the empty sum.
template <typename T>
bool HasTerms(const Shape& x_shape, bool accumulate, T* y, const Shape& y_shape) {
  if (x_shape.num_elements() > 0) return true;
  if (!accumulate) std::fill(y, y + y_shape.num_elements(), T(0));
  return false;
}

}  // namespace

HWY_EXPORT(SumF32);
HWY_EXPORT(SumF64);
HWY_EXPORT(SumOfSquaresF32);
HWY_EXPORT(SumOfSquaresF64);

namespace kernels {

template <>
void SumToShape(const float* x, const Shape& x_shape, double scale, bool accumulate, float* y,
                const Shape& y_shape) {
  if (!HasTerms(x_shape, accumulate, y, y_shape)) return;
  HWY_DYNAMIC_DISPATCH(SumF32)(x, {MakeReduction(x_shape, y_shape), scale, accumulate}, y);
}
template <>
void SumToShape(const double* x, const Shape& x_shape, double scale, bool accumulate, double* y,
                const Shape& y_shape) {
  if (!HasTerms(x_shape, accumulate, y, y_shape)) return;
  HWY_DYNAMIC_DISPATCH(SumF64)(x, {MakeReduction(x_shape, y_shape), scale, accumulate}, y);
}
template <>
double SumOfSquares(const float* x, int64_t n) {
  return HWY_DYNAMIC_DISPATCH(SumOfSquaresF32)(x, n);
}
template <>
double SumOfSquares(const double* x, int64_t n) {
  return HWY_DYNAMIC_DISPATCH(SumOfSquaresF64)(x, n);
}

}  // namespace kernels
}  // namespace hairpin
#endif
