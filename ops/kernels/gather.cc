#include "ops/kernels/gather.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/gather.cc"
#include "hwy/foreach_target.h"
#include <algorithm>

#include "hwy/highway.h"
#include "ops/kernels/prefetch.h"
#include "ops/kernels/rows-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

// A block owns some columns of the table and walks over all ids, so that no two
// blocks write the same place and the order of additions is that of the ids.
constexpr int64_t kColumns = 64;

template <typename T>
void ScatterAdd(const T* dy, const int32_t* ids, int64_t m, int64_t n, T* dtable) {
  ParallelFor(CeilDiv(n, kColumns), [&](int64_t block, int) HWY_ATTR {
    const int64_t column = block * kColumns;
    const int64_t count = std::min(kColumns, n - column);
    for (int64_t i = 0; i < m; ++i) {
      if (i + kRowsAhead < m) PrefetchSpan(dtable + ids[i + kRowsAhead] * n + column, count);
      T* row = dtable + ids[i] * n + column;
      RowMap(count, row, [](auto, auto a, auto b) HWY_ATTR { return hn::Add(a, b); }, row,
             dy + i * n + column);
    }
  });
}

void ScatterAddF32(const float* dy, const int32_t* ids, int64_t m, int64_t n, float* dtable) {
  ScatterAdd(dy, ids, m, n, dtable);
}
void ScatterAddF64(const double* dy, const int32_t* ids, int64_t m, int64_t n, double* dtable) {
  ScatterAdd(dy, ids, m, n, dtable);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ScatterAddF32);
HWY_EXPORT(ScatterAddF64);

namespace kernels {
namespace {

template <typename T>
void Clear(int64_t elements, T* y) {
  constexpr int64_t kBlock = 65536;
  ParallelFor(CeilDiv(elements, kBlock), [&](int64_t block, int) {
    std::fill(y + block * kBlock, y + std::min(elements, (block + 1) * kBlock), T(0));
  });
}

}  // namespace

int64_t FirstOutOfRange(const int32_t* ids, int64_t m, int64_t limit) {
  for (int64_t i = 0; i < m; ++i) {
    if (ids[i] < 0 || ids[i] >= limit) return i;
  }
  return -1;
}

template <typename T>
void GatherRows(const T* table, const int32_t* ids, int64_t m, int64_t n, T* y) {
  const int64_t block_rows = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, n));
  ParallelFor(CeilDiv(m, block_rows), [&](int64_t block, int) {
    const int64_t end = std::min(m, (block + 1) * block_rows);
    for (int64_t i = block * block_rows; i < end; ++i) {
      if (i + kRowsAhead < m) PrefetchSpan(table + int64_t{ids[i + kRowsAhead]} * n, n);
      std::copy_n(table + int64_t{ids[i]} * n, n, y + i * n);
    }
  });
}
template void GatherRows(const float*, const int32_t*, int64_t, int64_t, float*);
template void GatherRows(const double*, const int32_t*, int64_t, int64_t, double*);
template void GatherRows(const int32_t*, const int32_t*, int64_t, int64_t, int32_t*);

template <>
void ScatterAddRows(const float* dy, const int32_t* ids, int64_t m, int64_t n, int64_t rows,
                    bool accumulate, float* dtable) {
  if (!accumulate) Clear(rows * n, dtable);
  HWY_DYNAMIC_DISPATCH(ScatterAddF32)(dy, ids, m, n, dtable);
}
template <>
void ScatterAddRows(const double* dy, const int32_t* ids, int64_t m, int64_t n, int64_t rows,
                    bool accumulate, double* dtable) {
  if (!accumulate) Clear(rows * n, dtable);
  HWY_DYNAMIC_DISPATCH(ScatterAddF64)(dy, ids, m, n, dtable);
}

}  // namespace kernels
}  // namespace hairpin
#endif
