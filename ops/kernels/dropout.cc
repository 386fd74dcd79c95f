#include "ops/kernels/dropout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/dropout.cc"
#include "hwy/foreach_target.h"
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "hwy/highway.h"
#include "ops/kernels/philox-inl.h"
#include "ops/kernels/rows-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

constexpr int64_t kWords = 1024;   // drawn at once
constexpr int64_t kBlock = 16384;  // elements a thread takes at once

// Elements with numbers [first, first + n) of the draw.
template <typename T>
void Span(const T* x, uint64_t first, int64_t n, const kernels::DropoutDraw& draw,
          bool accumulate, T* y) {
  const hn::ScalableTag<T> d;
  const hn::Rebind<uint32_t, decltype(d)> du;
  const hn::Rebind<int32_t, decltype(d)> di;
  // u 2^-24 >= p for the 24-bit integer u is u >= ceil(p 2^24), exactly.
  const auto threshold = hn::Set(d, static_cast<T>(std::ceil(draw.probability * 0x1p24)));
  const auto scale = hn::Set(d, static_cast<T>(1 / (1 - draw.probability)));
  const auto keep = [&](auto v, auto word) HWY_ATTR {
    const auto u24 = hn::BitCast(di, hn::ShiftRight<8>(word));
    decltype(v) u;
    if constexpr (sizeof(T) == 4) {
      u = hn::ConvertTo(d, u24);
    } else {
      u = hn::PromoteTo(d, u24);
    }
    return hn::IfThenElseZero(hn::Ge(u, threshold), hn::Mul(v, scale));
  };
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN uint32_t words[kWords + HWY_MAX_BYTES];
  for (int64_t done = 0; done < n;) {
    const uint64_t at = first + static_cast<uint64_t>(done);
    const int64_t skip = static_cast<int64_t>(at % 4);
    const int64_t count = std::min(n - done, kWords - skip);
    const int64_t block_lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<uint32_t>()));
    PhiloxBlocks(draw.key, at / 4,
                 CeilDiv(CeilDiv(skip + count, 4), block_lanes) * block_lanes, words);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
      auto v = keep(hn::LoadU(d, x + done + i), hn::LoadU(du, words + skip + i));
      if (accumulate) v = hn::Add(hn::LoadU(d, y + done + i), v);
      hn::StoreU(v, d, y + done + i);
    }
    if (i < count) {
      const size_t rest = static_cast<size_t>(count - i);
      auto v = keep(LoadFirst(d, x + done + i, rest), hn::LoadU(du, words + skip + i));
      if (accumulate) v = hn::Add(LoadFirst(d, y + done + i, rest), v);
      StoreFirst(v, d, y + done + i, rest);
    }
    done += count;
  }
}

template <typename T>
void DropoutRows(const T* x, int64_t rows, int64_t n, const kernels::DropoutDraw& draw,
                 bool accumulate, T* y) {
  if (draw.row_ids == nullptr) {
    const int64_t elements = rows * n;
    ParallelFor(CeilDiv(elements, kBlock), [&](int64_t block, int) HWY_ATTR {
      const int64_t begin = block * kBlock;
      Span(x + begin, static_cast<uint64_t>(begin), std::min(kBlock, elements - begin), draw,
           accumulate, y + begin);
    });
    return;
  }
  ForEachRow(rows, n, [&](int64_t row) HWY_ATTR {
    const uint64_t first = static_cast<uint64_t>(draw.row_ids[row]) * static_cast<uint64_t>(n);
    Span(x + row * n, first, n, draw, accumulate, y + row * n);
  });
}

void DropoutF32(const float* x, int64_t rows, int64_t n, const kernels::DropoutDraw& draw,
                bool accumulate, float* y) {
  DropoutRows(x, rows, n, draw, accumulate, y);
}
void DropoutF64(const double* x, int64_t rows, int64_t n, const kernels::DropoutDraw& draw,
                bool accumulate, double* y) {
  DropoutRows(x, rows, n, draw, accumulate, y);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(DropoutF32);
HWY_EXPORT(DropoutF64);

namespace kernels {

template <>
void Dropout(const float* x, int64_t rows, int64_t C, const DropoutDraw& draw, bool accumulate,
             float* y) {
  HWY_DYNAMIC_DISPATCH(DropoutF32)(x, rows, C, draw, accumulate, y);
}
template <>
void Dropout(const double* x, int64_t rows, int64_t C, const DropoutDraw& draw, bool accumulate,
             double* y) {
  HWY_DYNAMIC_DISPATCH(DropoutF64)(x, rows, C, draw, accumulate, y);
}

}  // namespace kernels
}  // namespace hairpin
#endif
