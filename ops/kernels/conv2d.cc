#include "ops/kernels/conv2d.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/conv2d.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>

#include "hwy/highway.h"
#include "ops/kernels/conv2d_plan.h"
#include "ops/kernels/conv2d_product-inl.h"
#include "ops/kernels/conv2d_weight_gradient-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
using kernels::Conv2dShape;
namespace {

template <class T, class Weight>
void RunProduct(const ColumnsProduct<T>& product, const Weight& weight, char* workspace) {
  const ColumnsProductPlan plan = kernels::PlanColumnsProduct(
      product.geometry, product.batch, product.groups, product.filters, sizeof(T));
  if (plan.direct) {
    RunDirectProduct(product, plan, weight, workspace);
  } else {
    RunColumnsProduct(product, plan, weight, workspace);
  }
}

template <class T>
void Forward(const Conv2dShape& shape, const T* x, const T* weight, const T* bias, T* y,
             char* workspace) {
  const FrameGeometry geometry = kernels::ForwardGeometry(shape);
  const int64_t filters = shape.out_channels / shape.groups, terms = geometry.terms();
  const auto element = [&](int64_t g, int64_t f, int64_t c, int64_t tap) {
    return weight[(g * filters + f) * terms + c * geometry.taps() + tap];
  };
  RunProduct<T>({.geometry = geometry, .batch = shape.batch, .groups = shape.groups,
                 .filters = filters, .image = x, .start = bias, .accumulate = false, .y = y},
                element, workspace);
}

// Filter c of the turned kernel has the term (f, u', v') = weight[f, c, KH - 1 - u', KW - 1 - v'].
template <class T>
void InputGradient(const Conv2dShape& shape, const T* dy, const T* weight, bool accumulate, T* dx,
                   char* workspace) {
  const FrameGeometry geometry = kernels::InputGradientGeometry(shape);
  const int64_t filters = shape.in_channels / shape.groups, taps = geometry.taps();
  const auto element = [&](int64_t g, int64_t c, int64_t f, int64_t tap) {
    return weight[((g * geometry.channels + f) * filters + c) * taps + taps - 1 - tap];
  };
  RunProduct<T>({.geometry = geometry, .batch = shape.batch, .groups = shape.groups,
                 .filters = filters, .image = dy, .start = nullptr, .accumulate = accumulate,
                 .y = dx},
                element, workspace);
}

template <class T>
void WeightGradient(const Conv2dShape& shape, const T* x, const T* dy,
                    const Conv2dParameterGradients<T>& gradients, char* workspace) {
  const FrameGeometry geometry = kernels::ForwardGeometry(shape);
  const WeightGradientPlan plan = kernels::PlanWeightGradient(shape, sizeof(T));
  const int64_t groups = shape.groups, filters = shape.out_channels / groups;
  const int64_t terms = geometry.terms();
  const int64_t image = geometry.channels * geometry.height * geometry.width;
  const int64_t out = filters * geometry.out_height * geometry.out_width;
  T* const sums = reinterpret_cast<T*>(workspace);
  char* const memory = workspace + plan.sums_bytes;
  ParallelFor(plan.parts * groups * plan.slices, [&](int64_t task, int worker) HWY_ATTR {
    const int64_t slice = task % plan.slices, g = task / plan.slices % groups;
    const int64_t part = task / plan.slices / groups;
    const int64_t c = slice * geometry.channels / plan.slices;
    const int64_t end = (slice + 1) * geometry.channels / plan.slices;
    const WeightGradientBlock<T> block = {
        .geometry = geometry,
        .plan = plan,
        .first_channel = c,
        .channels = end - c,
        .bias = end == geometry.channels && gradients.bias != nullptr,
        .filters = filters,
        .sums = sums + (part * groups + g) * plan.part_elements,
        .scratch = memory + worker * plan.worker_bytes};
    const int64_t first = part * shape.batch / plan.parts;
    for (int64_t b = first; b < (part + 1) * shape.batch / plan.parts; ++b) {
      for (int64_t row = 0; row < geometry.out_height; row += plan.rows) {
        block.Run(x + (b * groups + g) * image + c * geometry.height * geometry.width,
                  dy + (b * groups + g) * out, row, std::min(plan.rows, geometry.out_height - row),
                  b == first && row == 0);
      }
    }
  });
  if (plan.parts == 0) std::fill_n(sums, groups * plan.part_elements, T(0));
  constexpr int64_t kTerms = 16;
  const int64_t rows = terms + (gradients.bias != nullptr), blocks = CeilDiv(rows, kTerms);
  ParallelFor(groups * blocks, [&](int64_t task, int) HWY_ATTR {
    const int64_t g = task / blocks, first = task % blocks * kTerms;
    Conv2dParameterGradients<T> to = gradients;
    to.weight += g * filters * terms;
    if (to.bias != nullptr) to.bias += g * filters;
    AddParts(geometry, plan, groups * plan.part_elements, filters, first,
             std::min(rows, first + kTerms), sums + g * plan.part_elements, to);
  });
}

void ForwardF32(const Conv2dShape& shape, const float* x, const float* weight, const float* bias,
                float* y, char* workspace) {
  Forward(shape, x, weight, bias, y, workspace);
}
void ForwardF64(const Conv2dShape& shape, const double* x, const double* weight,
                const double* bias, double* y, char* workspace) {
  Forward(shape, x, weight, bias, y, workspace);
}
void InputGradientF32(const Conv2dShape& shape, const float* dy, const float* weight,
                      bool accumulate, float* dx, char* workspace) {
  InputGradient(shape, dy, weight, accumulate, dx, workspace);
}
void InputGradientF64(const Conv2dShape& shape, const double* dy, const double* weight,
                      bool accumulate, double* dx, char* workspace) {
  InputGradient(shape, dy, weight, accumulate, dx, workspace);
}
void WeightGradientF32(const Conv2dShape& shape, const float* x, const float* dy,
                       const Conv2dParameterGradients<float>& gradients, char* workspace) {
  WeightGradient(shape, x, dy, gradients, workspace);
}
void WeightGradientF64(const Conv2dShape& shape, const double* x, const double* dy,
                       const Conv2dParameterGradients<double>& gradients, char* workspace) {
  WeightGradient(shape, x, dy, gradients, workspace);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ForwardF32);
HWY_EXPORT(ForwardF64);
HWY_EXPORT(InputGradientF32);
HWY_EXPORT(InputGradientF64);
HWY_EXPORT(WeightGradientF32);
HWY_EXPORT(WeightGradientF64);

namespace kernels {

int64_t Conv2dForwardWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes) {
  return PlanColumnsProduct(ForwardGeometry(shape), shape.batch, shape.groups,
                            shape.out_channels / shape.groups, element_bytes)
      .total_bytes;
}
int64_t Conv2dInputGradientWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes) {
  return PlanColumnsProduct(InputGradientGeometry(shape), shape.batch, shape.groups,
                            shape.in_channels / shape.groups, element_bytes)
      .total_bytes;
}
int64_t Conv2dWeightGradientWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes) {
  return PlanWeightGradient(shape, element_bytes).total_bytes;
}

template <>
void Conv2dForward(const Conv2dShape& shape, const float* x, const float* weight,
                   const float* bias, float* y, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF32)(shape, x, weight, bias, y, static_cast<char*>(workspace));
}
template <>
void Conv2dForward(const Conv2dShape& shape, const double* x, const double* weight,
                   const double* bias, double* y, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF64)(shape, x, weight, bias, y, static_cast<char*>(workspace));
}
template <>
void Conv2dInputGradient(const Conv2dShape& shape, const float* dy, const float* weight,
                         bool accumulate, float* dx, void* workspace) {
  HWY_DYNAMIC_DISPATCH(InputGradientF32)(shape, dy, weight, accumulate, dx,
                                         static_cast<char*>(workspace));
}
template <>
void Conv2dInputGradient(const Conv2dShape& shape, const double* dy, const double* weight,
                         bool accumulate, double* dx, void* workspace) {
  HWY_DYNAMIC_DISPATCH(InputGradientF64)(shape, dy, weight, accumulate, dx,
                                         static_cast<char*>(workspace));
}
template <>
void Conv2dWeightGradient(const Conv2dShape& shape, const float* x, const float* dy,
                          const Conv2dParameterGradients<float>& gradients, void* workspace) {
  HWY_DYNAMIC_DISPATCH(WeightGradientF32)(shape, x, dy, gradients, static_cast<char*>(workspace));
}
template <>
void Conv2dWeightGradient(const Conv2dShape& shape, const double* x, const double* dy,
                          const Conv2dParameterGradients<double>& gradients, void* workspace) {
  HWY_DYNAMIC_DISPATCH(WeightGradientF64)(shape, x, dy, gradients, static_cast<char*>(workspace));
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
