// Passes over one row of n numbers, for kernels whose unit is a row: a row's
// bits depend on its own numbers and n alone. The end of a row goes through the
// same vector code as the rest, with lanes that change nothing.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ROWS_INL_H_
#undef HAIRPIN_OPS_KERNELS_ROWS_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ROWS_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "hwy/highway.h"
#include "ops/kernels/prefetch.h"
#include "ops/kernels/vector_util-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Calls body(row) for each row, blocks of rows of about 16,384 elements at once.
template <class Body>
HWY_INLINE void ForEachRow(int64_t rows, int64_t n, const Body& body) {
  const int64_t block_rows = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, n));
  ParallelFor(CeilDiv(rows, block_rows), [&](int64_t block, int) HWY_ATTR {
    const int64_t end = std::min(rows, (block + 1) * block_rows);
    for (int64_t row = block * block_rows; row < end; ++row) body(row);
  });
}

// For arrays [outer, n, inner] whose middle axis is the row: calls
// body(offset, count) for every group of at most a vector of columns, which
// start at `offset` and whose elements are `inner` apart.
template <typename T, class Body>
HWY_INLINE void ForEachColumns(int64_t outer, int64_t n, int64_t inner, const Body& body) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const int64_t groups = CeilDiv(inner, lanes);
  ForEachRow(outer * groups, n * lanes, [&](int64_t unit) HWY_ATTR {
    const int64_t column = unit % groups * lanes;
    body(unit / groups * n * inner + column,
         static_cast<size_t>(std::min(lanes, inner - column)));
  });
}

// y[i] = f(d, x_0[i], x_1[i], ...).
template <typename T, class F, class... X>
HWY_INLINE void RowMap(int64_t n, T* y, const F& f, const X*... x) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    (PrefetchAhead(x + i), ...);
    PrefetchAheadForWrite(y + i);
    hn::StoreU(f(d, hn::LoadU(d, x + i)...), d, y + i);
  }
  if (i < n) {
    const size_t rest = static_cast<size_t>(n - i);
    StoreFirst(f(d, LoadFirst(d, x + i, rest)...), d, y + i, rest);
  }
}

// The sum of f(d, x_0[i], x_1[i], ...); f of lanes full of `rest` must be 0.
template <typename T, class F, class... X>
HWY_INLINE T RowSum(int64_t n, T rest_value, const F& f, const X*... x) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    (PrefetchAhead(x + i), ...);
    (PrefetchAhead(x + i + lanes), ...);
    s0 = hn::Add(s0, f(d, hn::LoadU(d, x + i)...));
    s1 = hn::Add(s1, f(d, hn::LoadU(d, x + i + lanes)...));
  }
  if (i + lanes <= n) {
    s0 = hn::Add(s0, f(d, hn::LoadU(d, x + i)...));
    i += lanes;
  }
  if (i < n) {
    const size_t rest = static_cast<size_t>(n - i);
    s1 = hn::Add(s1, f(d, LoadFirst(d, x + i, rest, rest_value)...));
  }
  return SumLanes(d, hn::Add(s0, s1));
}

// The largest of x[0, n), n >= 1.
template <typename T>
HWY_INLINE T RowMax(const T* x, int64_t n) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr T kLowest = -std::numeric_limits<T>::infinity();
  auto max = hn::Set(d, kLowest), max1 = max, max2 = max, max3 = max;
  int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    for (int64_t v = 0; v < 4; ++v) PrefetchAhead(x + i + v * lanes);
    max = hn::Max(max, hn::LoadU(d, x + i));
    max1 = hn::Max(max1, hn::LoadU(d, x + i + lanes));
    max2 = hn::Max(max2, hn::LoadU(d, x + i + 2 * lanes));
    max3 = hn::Max(max3, hn::LoadU(d, x + i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) max = hn::Max(max, hn::LoadU(d, x + i));
  if (i < n) max1 = hn::Max(max1, LoadFirst(d, x + i, static_cast<size_t>(n - i), kLowest));
  max = hn::Max(hn::Max(max, max1), hn::Max(max2, max3));
  return hn::GetLane(hn::MaxOfLanes(d, max));
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ROWS_INL_H_
