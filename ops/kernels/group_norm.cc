#include "ops/kernels/group_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/group_norm.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cmath>

#include "hwy/highway.h"
#include "ops/kernels/channel_rows-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

using kernels::GroupsShape;

// One run of channels of one image.
struct Run {
  int64_t number;          // of mean and rstd
  int64_t first_channel;   // of weight and bias
  int64_t channels;
  int64_t at, size;        // its numbers
};

// Calls body(run) for each.
template <class Body>
HWY_INLINE void ForEachRun(const GroupsShape& shape, const Body& body) {
  const int64_t channels = shape.channels / shape.groups, size = channels * shape.positions;
  ParallelFor(shape.batch * shape.groups, [&](int64_t run, int) HWY_ATTR {
    body(Run{run, run % shape.groups * channels, channels, run * size, size});
  });
}

template <class T>
void Forward(const GroupsShape& shape, const T* x, const T* weight, const T* bias, double epsilon,
             T* y, T* mean, T* rstd) {
  const int64_t S = shape.positions;
  ForEachRun(shape, [&](const Run& run) HWY_ATTR {
    const double n = static_cast<double>(run.size);
    const T m = static_cast<T>(RowSum(x + run.at, run.size) / n);
    const double variance = RowSquares(x + run.at, run.size, m) / n;
    const T r = static_cast<T>(1 / std::sqrt(variance + epsilon));
    mean[run.number] = m;
    rstd[run.number] = r;
    for (int64_t i = 0; i < run.channels; ++i) {
      const int64_t c = run.first_channel + i, at = run.at + i * S;
      NormalizeRow(x + at, S, m, weight[c] * r, bias[c], y + at);
    }
  });
}

template <class T>
void Backward(const GroupsShape& shape, const T* x, const T* weight, const T* mean, const T* rstd,
              const T* dy, bool accumulate, T* dx) {
  const int64_t S = shape.positions;
  ForEachRun(shape, [&](const Run& run) HWY_ATTR {
    const double n = static_cast<double>(run.size);
    const T m = mean[run.number], r = rstd[run.number];
    UpstreamSums g;  // of dy weight
    for (int64_t i = 0; i < run.channels; ++i) {
      const int64_t at = run.at + i * S;
      const double w = static_cast<double>(weight[run.first_channel + i]);
      UpstreamSums sums;
      AddRowUpstream(x + at, dy + at, S, m, &sums);
      g.plain += w * sums.plain;
      g.deviation += w * sums.deviation;
    }
    RowGradient<T> row = {.mean = m, .a = 0,
                          .b = static_cast<T>(-g.deviation / n * r * r * r),
                          .c = static_cast<T>(-g.plain / n * r), .accumulate = accumulate};
    for (int64_t i = 0; i < run.channels; ++i) {
      const int64_t at = run.at + i * S;
      row.a = weight[run.first_channel + i] * r;
      row(x + at, dy + at, S, dx + at);
    }
  });
}

template <class T>
void BackwardParameters(const GroupsShape& shape, const T* x, const T* mean, const T* rstd,
                        const T* dy, bool accumulate_weight, T* dweight, bool accumulate_bias,
                        T* dbias) {
  const int64_t C = shape.channels, S = shape.positions, in_group = C / shape.groups;
  ParallelFor(C, [&](int64_t c, int) HWY_ATTR {
    double weight = 0, bias = 0;
    for (int64_t b = 0; b < shape.batch; ++b) {
      const int64_t at = (b * C + c) * S, run = b * shape.groups + c / in_group;
      UpstreamSums sums;
      AddRowUpstream(x + at, dy + at, S, mean[run], &sums);
      bias += sums.plain;
      weight += sums.deviation * static_cast<double>(rstd[run]);
    }
    if (dweight != nullptr) {
      dweight[c] = (accumulate_weight ? dweight[c] : T(0)) + static_cast<T>(weight);
    }
    if (dbias != nullptr) dbias[c] = (accumulate_bias ? dbias[c] : T(0)) + static_cast<T>(bias);
  });
}

#define HAIRPIN_GROUP_NORM(T, Suffix)                                                            \
  void Forward##Suffix(const GroupsShape& shape, const T* x, const T* weight, const T* bias,     \
                       double epsilon, T* y, T* mean, T* rstd) {                                 \
    Forward(shape, x, weight, bias, epsilon, y, mean, rstd);                                     \
  }                                                                                              \
  void Backward##Suffix(const GroupsShape& shape, const T* x, const T* weight, const T* mean,    \
                        const T* rstd, const T* dy, bool accumulate, T* dx) {                    \
    Backward(shape, x, weight, mean, rstd, dy, accumulate, dx);                                  \
  }                                                                                              \
  void Parameters##Suffix(const GroupsShape& shape, const T* x, const T* mean, const T* rstd,    \
                          const T* dy, bool accumulate_weight, T* dweight, bool accumulate_bias, \
                          T* dbias) {                                                            \
    BackwardParameters(shape, x, mean, rstd, dy, accumulate_weight, dweight, accumulate_bias,    \
                       dbias);                                                                   \
  }
HAIRPIN_GROUP_NORM(float, F32)
HAIRPIN_GROUP_NORM(double, F64)
#undef HAIRPIN_GROUP_NORM

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ForwardF32);
HWY_EXPORT(ForwardF64);
HWY_EXPORT(BackwardF32);
HWY_EXPORT(BackwardF64);
HWY_EXPORT(ParametersF32);
HWY_EXPORT(ParametersF64);

namespace kernels {

#define HAIRPIN_GROUP_NORM(T, Suffix)                                                            \
  template <>                                                                                    \
  void GroupNorm(const GroupsShape& shape, const T* x, const T* weight, const T* bias,           \
                 double epsilon, T* y, T* mean, T* rstd) {                                       \
    HWY_DYNAMIC_DISPATCH(Forward##Suffix)(shape, x, weight, bias, epsilon, y, mean, rstd);       \
  }                                                                                              \
  template <>                                                                                    \
  void GroupNormBackward(const GroupsShape& shape, const T* x, const T* weight, const T* mean,   \
                         const T* rstd, const T* dy, bool accumulate, T* dx) {                   \
    HWY_DYNAMIC_DISPATCH(Backward##Suffix)(shape, x, weight, mean, rstd, dy, accumulate, dx);    \
  }                                                                                              \
  template <>                                                                                    \
  void GroupNormBackwardParameters(const GroupsShape& shape, const T* x, const T* mean,          \
                                   const T* rstd, const T* dy, bool accumulate_weight,           \
                                   T* dweight, bool accumulate_bias, T* dbias) {                 \
    HWY_DYNAMIC_DISPATCH(Parameters##Suffix)(shape, x, mean, rstd, dy, accumulate_weight,        \
                                             dweight, accumulate_bias, dbias);                   \
  }
HAIRPIN_GROUP_NORM(float, F32)
HAIRPIN_GROUP_NORM(double, F64)
#undef HAIRPIN_GROUP_NORM

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
