#include "ops/kernels/pool2d.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/pool2d.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <limits>

#include "hwy/highway.h"
#include "ops/kernels/image_frame-inl.h"
#include "ops/kernels/image_frame.h"
#include "ops/kernels/pool2d_pairs-inl.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
#ifndef HAIRPIN_OPS_KERNELS_POOL2D_PLAN
#define HAIRPIN_OPS_KERNELS_POOL2D_PLAN

inline FrameGeometry PoolGeometry(const Pool2dShape& s) {
  return {.channels = 1, .height = s.height, .width = s.width, .spread = 1,
          .kernel_height = s.kernel, .kernel_width = s.kernel, .stride = s.stride, .dilation = 1,
          .padding_y = s.padding, .padding_x = s.padding,
          .out_height = s.out_height(), .out_width = s.out_width()};
}

// Offsets of the taps, then for each worker a frame of x and one of dx.
struct PoolPlan {
  int64_t offsets_bytes, frame_bytes, worker_bytes, total_bytes;
};
inline PoolPlan PlanPool(const Pool2dShape& shape, int64_t element_bytes) {
  const FrameGeometry geometry = PoolGeometry(shape);
  PoolPlan plan;
  plan.offsets_bytes = CeilDiv(geometry.taps() * int64_t{sizeof(int64_t)}, 64) * 64;
  plan.frame_bytes = geometry.FrameBytes(geometry.out_height, element_bytes);
  plan.worker_bytes = 2 * plan.frame_bytes;
  plan.total_bytes = plan.offsets_bytes + NumThreads() * plan.worker_bytes;
  return plan;
}

#endif  // HAIRPIN_OPS_KERNELS_POOL2D_PLAN
}  // namespace hairpin::kernels

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

using kernels::Pool2dShape;

// Calls row(taps, offsets, memory, plane, i) for each row of positions of each plane, between
// begin(plane, memory) and end(plane, memory).
template <class T, class Begin, class Row, class End>
HWY_INLINE void ForEachRow(const Pool2dShape& shape, char* workspace, const Begin& begin,
                           const Row& row, const End& end) {
  const FrameGeometry geometry = kernels::PoolGeometry(shape);
  const kernels::PoolPlan plan = kernels::PlanPool(shape, sizeof(T));
  int64_t* const offsets = reinterpret_cast<int64_t*>(workspace);
  Frame<T>{geometry, geometry.frame_rows(geometry.out_height), nullptr}.Offsets(
      0, geometry.taps(), offsets);
  ParallelFor(shape.planes, [&](int64_t plane, int worker) HWY_ATTR {
    char* const memory = workspace + plan.offsets_bytes + worker * plan.worker_bytes;
    begin(geometry, plane, memory);
    for (int64_t i = 0; i < geometry.out_height; ++i) {
      row(offsets, plane, i, i * geometry.stride * geometry.row_length(), memory);
    }
    end(geometry, plane, memory);
  });
}

// n numbers from p, and 0 in the other lanes; `end` is where p's memory ends.
template <class D, class T>
HWY_INLINE hn::Vec<D> LoadSome(D d, const T* p, int64_t n, const T* end) {
  if (p + FrameLanes<T>() <= end) {
    return hn::IfThenElseZero(hn::FirstN(d, static_cast<size_t>(n)), hn::LoadU(d, p));
  }
  HWY_ALIGN T lanes[FrameLanes<T>()] = {};
  for (int64_t i = 0; i < n; ++i) lanes[i] = p[i];
  return hn::Load(d, lanes);
}

// The first n lanes; what lies behind them up to `end` may be overwritten.
template <class D, class T>
HWY_INLINE void StoreSome(D d, hn::Vec<D> v, int64_t n, T* p, const T* end) {
  if (p + FrameLanes<T>() <= end) {
    hn::StoreU(v, d, p);
    return;
  }
  HWY_ALIGN T lanes[FrameLanes<T>()];
  hn::Store(v, d, lanes);
  for (int64_t i = 0; i < n; ++i) p[i] = lanes[i];
}

// The maximum under the taps at `x`; a NaN stays.
template <class D, class T>
HWY_INLINE hn::Vec<D> Maximum(D d, const T* x, const int64_t* offsets, int64_t taps) {
  auto largest = hn::Set(d, -std::numeric_limits<T>::infinity());
  for (int64_t t = 0; t < taps; ++t) {
    const auto v = hn::LoadU(d, x + offsets[t]);
    largest = hn::IfThenElse(hn::Or(hn::Gt(v, largest), hn::IsNaN(v)), v, largest);
  }
  return largest;
}

template <class D, class T>
HWY_INLINE hn::Vec<D> Mean(D d, const T* x, const int64_t* offsets, int64_t taps) {
  auto sum = hn::Zero(d);
  for (int64_t t = 0; t < taps; ++t) sum = hn::Add(sum, hn::LoadU(d, x + offsets[t]));
  return hn::Div(sum, hn::Set(d, static_cast<T>(taps)));
}

template <bool kMax, class T>
void Forward(const Pool2dShape& shape, const T* x, T* y, char* workspace) {
  if (IsPairs(shape)) return PairsForward<kMax>(shape, x, y);
  const hn::ScalableTag<T> d;
  const int64_t OH = shape.out_height(), OW = shape.out_width(), taps = shape.kernel * shape.kernel;
  ForEachRow<T>(
      shape, workspace,
      [&](const FrameGeometry& geometry, int64_t plane, char* memory) HWY_ATTR {
        FillFrame(geometry, x + plane * shape.height * shape.width, 1, 0, OH,
                  kMax ? -std::numeric_limits<T>::infinity() : T(0), memory);
      },
      [&](const int64_t* offsets, int64_t plane, int64_t i, int64_t at, char* memory) HWY_ATTR {
        const T* const from = FrameData<T>(memory) + at;
        T* const to = y + (plane * OH + i) * OW;
        const T* const end = y + (plane + 1) * OH * OW;
        for (int64_t j = 0; j < OW; j += FrameLanes<T>()) {
          const auto v =
              kMax ? Maximum(d, from + j, offsets, taps) : Mean(d, from + j, offsets, taps);
          StoreSome(d, v, OW - j, to + j, end);
        }
      },
      [](const FrameGeometry&, int64_t, char*) {});
}

template <bool kMax, class T>
void Backward(const Pool2dShape& shape, const T* x, const T* dy, bool accumulate, T* dx,
              char* workspace) {
  if (IsPairs(shape)) return PairsBackward<kMax>(shape, x, dy, accumulate, dx);
  const hn::ScalableTag<T> d;
  const int64_t OH = shape.out_height(), OW = shape.out_width(), taps = shape.kernel * shape.kernel;
  const int64_t frame_bytes = kernels::PlanPool(shape, sizeof(T)).frame_bytes;
  ForEachRow<T>(
      shape, workspace,
      [&](const FrameGeometry& geometry, int64_t plane, char* memory) HWY_ATTR {
        if constexpr (kMax) {
          FillFrame(geometry, x + plane * shape.height * shape.width, 1, 0, OH,
                    -std::numeric_limits<T>::infinity(), memory);
        }
        std::fill_n(memory + frame_bytes, frame_bytes, 0);
      },
      [&](const int64_t* offsets, int64_t plane, int64_t i, int64_t at, char* memory) HWY_ATTR {
        [[maybe_unused]] const T* const from = FrameData<T>(memory) + at;
        T* const to = FrameData<T>(memory + frame_bytes) + at;
        const T* const upstream = dy + (plane * OH + i) * OW;
        const T* const end = dy + (plane + 1) * OH * OW;
        for (int64_t j = 0; j < OW; j += FrameLanes<T>()) {
          auto left = LoadSome(d, upstream + j, std::min(FrameLanes<T>(), OW - j), end);
          if constexpr (kMax) {
            const auto largest = Maximum(d, from + j, offsets, taps);
            for (int64_t t = 0; t < taps; ++t) {
              const auto v = hn::LoadU(d, from + j + offsets[t]);
              // The first that equals it takes what is there to take.
              const auto is_largest = hn::Or(hn::Eq(v, largest), hn::IsNaN(v));
              T* const into = to + j + offsets[t];
              hn::StoreU(hn::Add(hn::LoadU(d, into), hn::IfThenElseZero(is_largest, left)), d,
                         into);
              left = hn::IfThenZeroElse(is_largest, left);
            }
          } else {
            left = hn::Div(left, hn::Set(d, static_cast<T>(taps)));
            for (int64_t t = 0; t < taps; ++t) {
              T* const into = to + j + offsets[t];
              hn::StoreU(hn::Add(hn::LoadU(d, into), left), d, into);
            }
          }
        }
      },
      [&](const FrameGeometry& geometry, int64_t plane, char* memory) HWY_ATTR {
        ReadFrame(geometry, FrameData<T>(memory + frame_bytes), accumulate,
                  dx + plane * shape.height * shape.width);
      });
}

#define HAIRPIN_POOL(Type, Suffix)                                                              \
  void MaxForward##Suffix(const Pool2dShape& shape, const Type* x, Type* y, char* workspace) {  \
    Forward<true>(shape, x, y, workspace);                                                      \
  }                                                                                             \
  void AvgForward##Suffix(const Pool2dShape& shape, const Type* x, Type* y, char* workspace) {  \
    Forward<false>(shape, x, y, workspace);                                                     \
  }                                                                                             \
  void MaxBackward##Suffix(const Pool2dShape& shape, const Type* x, const Type* dy,             \
                           bool accumulate, Type* dx, char* workspace) {                        \
    Backward<true>(shape, x, dy, accumulate, dx, workspace);                                    \
  }                                                                                             \
  void AvgBackward##Suffix(const Pool2dShape& shape, const Type* dy, bool accumulate, Type* dx, \
                           char* workspace) {                                                   \
    Backward<false, Type>(shape, nullptr, dy, accumulate, dx, workspace);                       \
  }
HAIRPIN_POOL(float, F32)
HAIRPIN_POOL(double, F64)
#undef HAIRPIN_POOL

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(MaxForwardF32);
HWY_EXPORT(MaxForwardF64);
HWY_EXPORT(AvgForwardF32);
HWY_EXPORT(AvgForwardF64);
HWY_EXPORT(MaxBackwardF32);
HWY_EXPORT(MaxBackwardF64);
HWY_EXPORT(AvgBackwardF32);
HWY_EXPORT(AvgBackwardF64);

namespace kernels {

int64_t Pool2dWorkspaceBytes(const Pool2dShape& shape, int64_t element_bytes) {
  return PlanPool(shape, element_bytes).total_bytes;
}

#define HAIRPIN_POOL(Type, Suffix)                                                               \
  template <>                                                                                    \
  void MaxPool2d(const Pool2dShape& shape, const Type* x, Type* y, void* workspace) {            \
    HWY_DYNAMIC_DISPATCH(MaxForward##Suffix)(shape, x, y, static_cast<char*>(workspace));        \
  }                                                                                              \
  template <>                                                                                    \
  void AvgPool2d(const Pool2dShape& shape, const Type* x, Type* y, void* workspace) {            \
    HWY_DYNAMIC_DISPATCH(AvgForward##Suffix)(shape, x, y, static_cast<char*>(workspace));        \
  }                                                                                              \
  template <>                                                                                    \
  void MaxPool2dBackward(const Pool2dShape& shape, const Type* x, const Type* dy,                \
                         bool accumulate, Type* dx, void* workspace) {                           \
    HWY_DYNAMIC_DISPATCH(MaxBackward##Suffix)(shape, x, dy, accumulate, dx,                      \
                                              static_cast<char*>(workspace));                    \
  }                                                                                              \
  template <>                                                                                    \
  void AvgPool2dBackward(const Pool2dShape& shape, const Type* dy, bool accumulate, Type* dx,    \
                         void* workspace) {                                                      \
    HWY_DYNAMIC_DISPATCH(AvgBackward##Suffix)(shape, dy, accumulate, dx,                         \
                                              static_cast<char*>(workspace));                    \
  }
HAIRPIN_POOL(float, F32)
HAIRPIN_POOL(double, F64)
#undef HAIRPIN_POOL

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
