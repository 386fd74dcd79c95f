#include "ops/kernels/where.h"

#include <algorithm>

#include "ops/kernels/loop_nest.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

// Calls row(offsets, strides, n) for each innermost row of the nest, some thousand elements a task.
template <size_t kArrays, class Row>
void ForEachRow(const LoopNest<kArrays>& nest, const Row& row) {
  const int64_t n = nest.inner_size();
  if (nest.elements == 0) return;
  const int64_t rows = nest.elements / n, at_once = std::max<int64_t>(1, 16384 / n);
  const int axes = std::max(0, nest.rank - 1);
  ParallelFor(CeilDiv(rows, at_once), [&](int64_t task, int) {
    for (int64_t i = task * at_once; i < std::min(rows, (task + 1) * at_once); ++i) {
      row(nest.OffsetsOf(i, axes), nest.inner_strides(), n);
    }
  });
}

}  // namespace

template <typename T>
void Where(const int32_t* condition, const Shape& condition_shape, const T* a,
           const Shape& a_shape, const T* b, const Shape& b_shape, T* y, const Shape& y_shape) {
  const auto nest = BroadcastNest<3>(y_shape, {&condition_shape, &a_shape, &b_shape});
  ForEachRow(nest, [&](const auto& at, const auto& step, int64_t n) {
    const int32_t* const c = condition + at[1];
    for (int64_t i = 0; i < n; ++i) {
      y[at[0] + i * step[0]] =
          c[i * step[1]] != 0 ? a[at[2] + i * step[2]] : b[at[3] + i * step[3]];
    }
  });
}

template <typename T>
void WhereBackward(const int32_t* condition, const Shape& condition_shape, const T* dy, bool of_a,
                   bool accumulate, T* gradient, const Shape& y_shape) {
  const auto nest = BroadcastNest<1>(y_shape, {&condition_shape});
  ForEachRow(nest, [&](const auto& at, const auto& step, int64_t n) {
    const int32_t* const c = condition + at[1];
    for (int64_t i = 0; i < n; ++i) {
      const int64_t to = at[0] + i * step[0];
      const T value = (c[i * step[1]] != 0) == of_a ? dy[to] : T(0);
      gradient[to] = accumulate ? gradient[to] + value : value;
    }
  });
}

template void Where(const int32_t*, const Shape&, const float*, const Shape&, const float*,
                    const Shape&, float*, const Shape&);
template void Where(const int32_t*, const Shape&, const double*, const Shape&, const double*,
                    const Shape&, double*, const Shape&);
template void WhereBackward(const int32_t*, const Shape&, const float*, bool, bool, float*,
                            const Shape&);
template void WhereBackward(const int32_t*, const Shape&, const double*, bool, bool, double*,
                            const Shape&);

}  // namespace hairpin::kernels
