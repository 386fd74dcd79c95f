// Windows of 2 x 2 beside one another, which most networks have: no borders and nothing twice, so
// rows are read and written where they are, without a frame.
#if defined(HAIRPIN_OPS_KERNELS_POOL2D_PAIRS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_POOL2D_PAIRS_INL_H_
#undef HAIRPIN_OPS_KERNELS_POOL2D_PAIRS_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_POOL2D_PAIRS_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "ops/kernels/pool2d.h"
#include "ops/kernels/prefetch.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE bool IsPairs(const kernels::Pool2dShape& s) {
  return s.kernel == 2 && s.stride == 2 && s.padding == 0;
}

// Calls body(d, j) for the vectors that cover [0, n). Where `twice` does no harm, the last one lies
// in part on the one before, else what is left goes one by one.
template <class D, class Body>
HWY_INLINE void CoverBy(D d, int64_t n, bool twice, const Body& body) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; j + lanes <= n; j += lanes) body(d, j);
  if (j == n) return;
  if (twice && lanes <= n) {
    body(d, n - lanes);
    return;
  }
  for (; j < n; ++j) body(hn::CappedTag<hn::TFromD<D>, 1>(), j);
}

// By the widest vectors that a row fills.
template <class T, class Body>
HWY_INLINE void CoverRow(int64_t n, bool twice, const Body& body) {
  const hn::ScalableTag<T> d;
  if (n >= static_cast<int64_t>(hn::Lanes(d))) return CoverBy(d, n, twice, body);
  if (n >= 8) return CoverBy(hn::CappedTag<T, 8>(), n, twice, body);
  if (n >= 4) return CoverBy(hn::CappedTag<T, 4>(), n, twice, body);
  CoverBy(hn::CappedTag<T, 1>(), n, twice, body);
}

// Calls row(first input row, output row) for each row of windows; both as numbers of rows from the
// tensors' beginnings. Then end(plane).
template <class Row, class End>
HWY_INLINE void ForEachPairOfRows(const kernels::Pool2dShape& s, const Row& row, const End& end) {
  constexpr int64_t kElements = 1 << 13;  // of a task
  const int64_t OH = s.out_height();
  const int64_t planes = std::max<int64_t>(1, kElements / (s.height * s.width));
  ParallelFor(CeilDiv(s.planes, planes), [&](int64_t task, int) HWY_ATTR {
    const int64_t stop = std::min(s.planes, (task + 1) * planes);
    for (int64_t plane = task * planes; plane < stop; ++plane) {
      for (int64_t i = 0; i < OH; ++i) row(plane * s.height + 2 * i, plane * OH + i);
      end(plane);
    }
  });
}

// The four numbers of each window, in row-major order.
template <class D>
struct Windows {
  HWY_INLINE Windows(D d, const hn::TFromD<D>* top, const hn::TFromD<D>* bottom) {
    hn::LoadInterleaved2(d, top, v[0], v[1]);
    hn::LoadInterleaved2(d, bottom, v[2], v[3]);
  }
  // A NaN stays.
  HWY_INLINE hn::Vec<D> Maximum(D d) const {
    auto largest = hn::Set(d, -std::numeric_limits<hn::TFromD<D>>::infinity());
    for (const auto& x : v) {
      largest = hn::IfThenElse(hn::Or(hn::Gt(x, largest), hn::IsNaN(x)), x, largest);
    }
    return largest;
  }
  HWY_INLINE hn::Vec<D> Mean(D d) const {
    const auto sum = hn::Add(hn::Add(hn::Add(v[0], v[1]), v[2]), v[3]);
    return hn::Mul(sum, hn::Set(d, static_cast<hn::TFromD<D>>(0.25)));
  }
  hn::Vec<D> v[4];
};

template <bool kMax, class T>
HWY_INLINE void PairsForward(const kernels::Pool2dShape& s, const T* x, T* y) {
  const int64_t W = s.width, OW = s.out_width();
  ForEachPairOfRows(
      s,
      [&](int64_t in, int64_t out) HWY_ATTR {
        const T* const top = x + in * W;
        T* const to = y + out * OW;
        CoverRow<T>(OW, /*twice=*/true, [&](auto d, int64_t j) HWY_ATTR {
          PrefetchAhead(top + 2 * j);
          PrefetchAhead(top + W + 2 * j);
          const Windows<decltype(d)> windows(d, top + 2 * j, top + W + 2 * j);
          hn::StoreU(kMax ? windows.Maximum(d) : windows.Mean(d), d, to + j);
        });
      },
      [](int64_t) {});
}

template <bool kMax, class T>
HWY_INLINE void PairsBackward(const kernels::Pool2dShape& s, const T* x, const T* dy,
                              bool accumulate, T* dx) {
  const int64_t W = s.width, OW = s.out_width(), rest = s.height - 2 * s.out_height();
  ForEachPairOfRows(
      s,
      [&](int64_t in, int64_t out) HWY_ATTR {
        const T* const from = kMax ? x + in * W : nullptr;
        const T* const upstream = dy + out * OW;
        T* const to = dx + in * W;
        CoverRow<T>(OW, /*twice=*/!accumulate, [&](auto d, int64_t j) HWY_ATTR {
          using V = hn::Vec<decltype(d)>;
          PrefetchAheadForWrite(to + 2 * j);
          PrefetchAheadForWrite(to + W + 2 * j);
          V left = hn::LoadU(d, upstream + j), parts[4];
          if constexpr (kMax) {
            PrefetchAhead(from + 2 * j);
            PrefetchAhead(from + W + 2 * j);
            const Windows<decltype(d)> windows(d, from + 2 * j, from + W + 2 * j);
            const V largest = windows.Maximum(d);
            for (int t = 0; t < 4; ++t) {
              // The first that equals it takes what is there to take.
              const V v = windows.v[t];
              const auto is_largest = hn::Or(hn::Eq(v, largest), hn::IsNaN(v));
              parts[t] = hn::IfThenElseZero(is_largest, left);
              left = hn::IfThenZeroElse(is_largest, left);
            }
          } else {
            for (V& part : parts) part = hn::Mul(left, hn::Set(d, static_cast<T>(0.25)));
          }
          for (int row = 0; row < 2; ++row) {
            T* const at = to + row * W + 2 * j;
            V even = parts[2 * row], odd = parts[2 * row + 1];
            if (accumulate) {
              V before_even, before_odd;
              hn::LoadInterleaved2(d, at, before_even, before_odd);
              even = hn::Add(before_even, even);
              odd = hn::Add(before_odd, odd);
            }
            hn::StoreInterleaved2(even, odd, d, at);
          }
        });
        if (W % 2 != 0 && !accumulate) to[W - 1] = to[2 * W - 1] = 0;
      },
      [&](int64_t plane) {
        if (rest > 0 && !accumulate) std::fill_n(dx + ((plane + 1) * s.height - 1) * W, W, T(0));
      });
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_POOL2D_PAIRS_INL_H_
