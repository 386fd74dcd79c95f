#include "ops/kernels/rotary.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/rotary.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <cmath>

#include "hwy/highway.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using kernels::RotaryShape;

// Rows of x that a task turns.
constexpr int64_t kRowsOfTask = 16;

// As many pairs as a vector has lanes.
template <bool kAccumulate, typename T>
HWY_INLINE void TurnPairs(const T* cosines, const T* sines, const T* x, T* y) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const V c = hn::LoadU(d, cosines), s = hn::LoadU(d, sines);
  V even, odd;
  hn::LoadInterleaved2(d, x, even, odd);
  V turned_even = hn::Sub(hn::Mul(even, c), hn::Mul(odd, s));
  V turned_odd = hn::Add(hn::Mul(odd, c), hn::Mul(even, s));
  if constexpr (kAccumulate) {
    hn::LoadInterleaved2(d, y, even, odd);
    turned_even = hn::Add(even, turned_even);
    turned_odd = hn::Add(odd, turned_odd);
  }
  hn::StoreInterleaved2(turned_even, turned_odd, d, y);
}

// One head at one position.
template <bool kAccumulate, typename T>
HWY_INLINE void TurnHead(int64_t half, const T* cosines, const T* sines, const T* x, T* y) {
  constexpr int64_t kMaxLanes = HWY_MAX_BYTES / sizeof(T);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  int64_t i = 0;
  for (; i + lanes <= half; i += lanes) {
    TurnPairs<kAccumulate>(cosines + i, sines + i, x + 2 * i, y + 2 * i);
  }
  if (i == half) return;
  // The pairs that are left, in a vector that is filled up.
  HWY_ALIGN T c[kMaxLanes] = {}, s[kMaxLanes] = {}, from[2 * kMaxLanes] = {},
              to[2 * kMaxLanes] = {};
  std::copy_n(cosines + i, half - i, c);
  std::copy_n(sines + i, half - i, s);
  std::copy_n(x + 2 * i, 2 * (half - i), from);
  if (kAccumulate) std::copy_n(y + 2 * i, 2 * (half - i), to);
  TurnPairs<kAccumulate>(c, s, from, to);
  std::copy_n(to, 2 * (half - i), y + 2 * i);
}

template <bool kAccumulate, typename T>
void Turn(const RotaryShape& shape, const T* table, const T* x, T* y) {
  const int64_t rows = shape.batch * shape.positions, half = shape.head_width / 2;
  const int64_t C = shape.heads * shape.head_width;
  ParallelFor(CeilDiv(rows, kRowsOfTask), [&](int64_t task, int) HWY_ATTR {
    const int64_t begin = task * kRowsOfTask;
    for (int64_t row = begin; row < begin + kRowsOfTask && row < rows; ++row) {
      const T* const cosines = table + 2 * (row % shape.positions) * half;
      for (int64_t column = row * C; column < (row + 1) * C; column += shape.head_width) {
        TurnHead<kAccumulate>(half, cosines, cosines + half, x + column, y + column);
      }
    }
  });
}

void RotaryF32(const RotaryShape& shape, const float* x, bool accumulate, float* y,
               const float* table) {
  accumulate ? Turn<true>(shape, table, x, y) : Turn<false>(shape, table, x, y);
}
void RotaryF64(const RotaryShape& shape, const double* x, bool accumulate, double* y,
               const double* table) {
  accumulate ? Turn<true>(shape, table, x, y) : Turn<false>(shape, table, x, y);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(RotaryF32);
HWY_EXPORT(RotaryF64);

namespace kernels {
namespace {

constexpr int64_t kPositionsOfTask = 16;

// cosines, then sines of the pairs of each position, [T, 2, D / 2].
template <typename T>
void FillTable(const RotaryShape& shape, bool inverse, T* table) {
  const int64_t half = shape.head_width / 2;
  ParallelFor(CeilDiv(shape.positions, kPositionsOfTask), [&](int64_t task, int) {
    const int64_t begin = task * kPositionsOfTask;
    for (int64_t i = 0; i < half; ++i) {
      const double frequency = std::pow(
          shape.base, -2 * static_cast<double>(i) / static_cast<double>(shape.head_width));
      for (int64_t t = begin; t < begin + kPositionsOfTask && t < shape.positions; ++t) {
        const double angle = static_cast<double>(shape.first + t) * frequency;
        table[2 * t * half + i] = static_cast<T>(std::cos(angle));
        table[(2 * t + 1) * half + i] = static_cast<T>(inverse ? -std::sin(angle)
                                                               : std::sin(angle));
      }
    }
  });
}

}  // namespace

int64_t RotaryWorkspaceBytes(const RotaryShape& shape, int64_t element_bytes) {
  return shape.positions * shape.head_width * element_bytes;
}

template <>
void Rotary(const RotaryShape& shape, const float* x, bool inverse, bool accumulate, float* y,
            void* workspace) {
  float* const table = static_cast<float*>(workspace);
  FillTable(shape, inverse, table);
  HWY_DYNAMIC_DISPATCH(RotaryF32)(shape, x, accumulate, y, table);
}
template <>
void Rotary(const RotaryShape& shape, const double* x, bool inverse, bool accumulate, double* y,
            void* workspace) {
  double* const table = static_cast<double*>(workspace);
  FillTable(shape, inverse, table);
  HWY_DYNAMIC_DISPATCH(RotaryF64)(shape, x, accumulate, y, table);
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
