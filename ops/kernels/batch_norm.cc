#include "ops/kernels/batch_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/batch_norm.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <cmath>

#include "hwy/highway.h"
#include "ops/kernels/channel_rows-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

using kernels::BatchNormGradients;
using kernels::ChannelsShape;

// Channels of a task: rows of features (S = 1) are read a cache line at a time.
constexpr int64_t kMostChannels = 16;

// Calls body(first, end) for blocks of channels.
template <class Body>
HWY_INLINE void ForEachBlock(const ChannelsShape& shape, const Body& body) {
  const int64_t most = std::clamp<int64_t>(kMostChannels / shape.positions, 1, kMostChannels);
  ParallelFor(CeilDiv(shape.channels, most), [&](int64_t block, int) HWY_ATTR {
    body(block * most, std::min(shape.channels, (block + 1) * most));
  });
}

// Calls body(c, offset of the row) for these channels of all images.
template <class Body>
HWY_INLINE void ForEachRow(const ChannelsShape& shape, int64_t first, int64_t end,
                           const Body& body) {
  for (int64_t b = 0; b < shape.batch; ++b) {
    for (int64_t c = first; c < end; ++c) body(c, (b * shape.channels + c) * shape.positions);
  }
}

template <class T>
T ReciprocalDeviation(T variance, double epsilon) {
  return static_cast<T>(1 / std::sqrt(static_cast<double>(variance) + epsilon));
}

template <class T>
void Statistics(const ChannelsShape& shape, const T* x, T* mean, T* variance) {
  const int64_t S = shape.positions;
  const double n = static_cast<double>(shape.batch * S);
  ForEachBlock(shape, [&](int64_t first, int64_t end) HWY_ATTR {
    double sums[kMostChannels] = {};
    ForEachRow(shape, first, end,
               [&](int64_t c, int64_t at) HWY_ATTR { sums[c - first] += RowSum(x + at, S); });
    double squares[kMostChannels] = {};
    for (int64_t c = first; c < end; ++c) mean[c] = static_cast<T>(sums[c - first] / n);
    ForEachRow(shape, first, end, [&](int64_t c, int64_t at) HWY_ATTR {
      squares[c - first] += RowSquares(x + at, S, mean[c]);
    });
    for (int64_t c = first; c < end; ++c) variance[c] = static_cast<T>(squares[c - first] / n);
  });
}

template <class T>
void Normalize(const ChannelsShape& shape, const T* x, const T* weight, const T* bias,
               const T* mean, const T* variance, double epsilon, T* y) {
  ForEachBlock(shape, [&](int64_t first, int64_t end) HWY_ATTR {
    T scales[kMostChannels];
    for (int64_t c = first; c < end; ++c) {
      scales[c - first] = weight[c] * ReciprocalDeviation(variance[c], epsilon);
    }
    ForEachRow(shape, first, end, [&](int64_t c, int64_t at) HWY_ATTR {
      NormalizeRow(x + at, shape.positions, mean[c], scales[c - first], bias[c], y + at);
    });
  });
}

template <class T>
void Put(T* to, int64_t c, bool accumulate, double value) {
  if (to != nullptr) to[c] = (accumulate ? to[c] : T(0)) + static_cast<T>(value);
}

// kGiven: mean and variance are inputs. dmean and dvariance are upstream gradients otherwise.
template <bool kGiven, class T>
void Backward(const ChannelsShape& shape, const T* x, const T* weight, const T* mean,
              const T* variance, const T* dy, const T* dmean, const T* dvariance, double epsilon,
              const BatchNormGradients<T>& to) {
  const int64_t S = shape.positions;
  const double n = static_cast<double>(shape.batch * S);
  ForEachBlock(shape, [&](int64_t first, int64_t end) HWY_ATTR {
    UpstreamSums sums[kMostChannels] = {};
    if (dy != nullptr) {
      ForEachRow(shape, first, end, [&](int64_t c, int64_t at) HWY_ATTR {
        AddRowUpstream(x + at, dy + at, S, mean[c], &sums[c - first]);
      });
    }
    RowGradient<T> rows[kMostChannels];
    for (int64_t c = first; c < end; ++c) {
      const double r = static_cast<double>(ReciprocalDeviation(variance[c], epsilon));
      const double dbias = sums[c - first].plain, dweight = sums[c - first].deviation * r;
      const double scale = static_cast<double>(weight[c]) * r;
      Put(to.bias, c, to.accumulate_bias, dbias);
      Put(to.weight, c, to.accumulate_weight, dweight);
      RowGradient<T>& row = rows[c - first];
      row = {.mean = mean[c], .a = static_cast<T>(scale), .b = 0, .c = 0,
             .accumulate = to.accumulate_x};
      if constexpr (kGiven) {
        Put(to.mean, c, to.accumulate_mean, -scale * dbias);
        Put(to.variance, c, to.accumulate_variance, -scale * r * dweight / 2);
      } else {
        const double from_variance =
            dvariance == nullptr ? 0 : 2 * static_cast<double>(dvariance[c]);
        const double from_mean = dmean == nullptr ? 0 : static_cast<double>(dmean[c]);
        row.b = static_cast<T>((from_variance - scale * r * dweight) / n);
        row.c = static_cast<T>((from_mean - scale * dbias) / n);
      }
    }
    if (to.x == nullptr) return;
    ForEachRow(shape, first, end, [&](int64_t c, int64_t at) HWY_ATTR {
      rows[c - first](x + at, dy == nullptr ? nullptr : dy + at, S, to.x + at);
    });
  });
}

#define HAIRPIN_BATCH_NORM(T, Suffix)                                                            \
  void Statistics##Suffix(const ChannelsShape& shape, const T* x, T* mean, T* variance) {        \
    Statistics(shape, x, mean, variance);                                                        \
  }                                                                                              \
  void Normalize##Suffix(const ChannelsShape& shape, const T* x, const T* weight, const T* bias, \
                         const T* mean, const T* variance, double epsilon, T* y) {               \
    Normalize(shape, x, weight, bias, mean, variance, epsilon, y);                               \
  }                                                                                              \
  void BackwardGiven##Suffix(const ChannelsShape& shape, const T* x, const T* weight,            \
                             const T* mean, const T* variance, const T* dy, double epsilon,      \
                             const BatchNormGradients<T>& to) {                                  \
    Backward<true, T>(shape, x, weight, mean, variance, dy, nullptr, nullptr, epsilon, to);      \
  }                                                                                              \
  void Backward##Suffix(const ChannelsShape& shape, const T* x, const T* weight, const T* mean,  \
                        const T* variance, const T* dy, const T* dmean, const T* dvariance,      \
                        double epsilon, const BatchNormGradients<T>& to) {                       \
    Backward<false>(shape, x, weight, mean, variance, dy, dmean, dvariance, epsilon, to);        \
  }
HAIRPIN_BATCH_NORM(float, F32)
HAIRPIN_BATCH_NORM(double, F64)
#undef HAIRPIN_BATCH_NORM

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(StatisticsF32);
HWY_EXPORT(StatisticsF64);
HWY_EXPORT(NormalizeF32);
HWY_EXPORT(NormalizeF64);
HWY_EXPORT(BackwardGivenF32);
HWY_EXPORT(BackwardGivenF64);
HWY_EXPORT(BackwardF32);
HWY_EXPORT(BackwardF64);

namespace kernels {

#define HAIRPIN_BATCH_NORM(T, Suffix)                                                            \
  template <>                                                                                    \
  void BatchStatistics(const ChannelsShape& shape, const T* x, T* mean, T* variance) {           \
    HWY_DYNAMIC_DISPATCH(Statistics##Suffix)(shape, x, mean, variance);                          \
  }                                                                                              \
  template <>                                                                                    \
  void BatchNorm(const ChannelsShape& shape, const T* x, const T* weight, const T* bias,         \
                 const T* mean, const T* variance, double epsilon, T* y) {                       \
    HWY_DYNAMIC_DISPATCH(Normalize##Suffix)(shape, x, weight, bias, mean, variance, epsilon, y); \
  }                                                                                              \
  template <>                                                                                    \
  void BatchNormBackwardGiven(const ChannelsShape& shape, const T* x, const T* weight,           \
                              const T* mean, const T* variance, const T* dy, double epsilon,     \
                              const BatchNormGradients<T>& to) {                                 \
    HWY_DYNAMIC_DISPATCH(BackwardGiven##Suffix)(shape, x, weight, mean, variance, dy, epsilon,   \
                                                to);                                             \
  }                                                                                              \
  template <>                                                                                    \
  void BatchNormBackward(const ChannelsShape& shape, const T* x, const T* weight, const T* mean, \
                         const T* variance, const T* dy, const T* dmean, const T* dvariance,     \
                         double epsilon, const BatchNormGradients<T>& to) {                      \
    HWY_DYNAMIC_DISPATCH(Backward##Suffix)(shape, x, weight, mean, variance, dy, dmean,          \
                                           dvariance, epsilon, to);                              \
  }
HAIRPIN_BATCH_NORM(float, F32)
HAIRPIN_BATCH_NORM(double, F64)
#undef HAIRPIN_BATCH_NORM

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
