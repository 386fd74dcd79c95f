#include "ops/kernels/binary.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/binary.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/elementwise-inl.h"
#include "ops/kernels/loop_nest.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

struct AddKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
};
struct SubtractKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Sub(a, b);
  }
};
struct MultiplyKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Mul(a, b);
  }
};
struct DivideKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Div(a, b);
  }
};
struct EqualKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V a, V b) const {
    return hn::IfThenElseZero(hn::Eq(a, b), hn::Set(d, hn::TFromD<D>(1)));
  }
};
// d(a / b) / db = -a / b^2 = -y / b.
struct DivisorKernel {
  template <class D, class V>
  HWY_INLINE V operator()(D, V dy, V y, V b) const {
    return hn::Neg(hn::Div(hn::Mul(dy, y), b));
  }
};

#define HAIRPIN_BINARY_KERNEL(Name)                                                 \
  void Name##F32(const float* a, const float* b, const LoopNest<3>& nest,           \
                 bool accumulate, float* y) {                                       \
    MapNest<float, Name##Kernel, 2>(nest, Name##Kernel(), {a, b}, accumulate, y);   \
  }                                                                                 \
  void Name##F64(const double* a, const double* b, const LoopNest<3>& nest,         \
                 bool accumulate, double* y) {                                      \
    MapNest<double, Name##Kernel, 2>(nest, Name##Kernel(), {a, b}, accumulate, y);  \
  }

HAIRPIN_BINARY_KERNEL(Add)
HAIRPIN_BINARY_KERNEL(Subtract)
HAIRPIN_BINARY_KERNEL(Multiply)
HAIRPIN_BINARY_KERNEL(Divide)
HAIRPIN_BINARY_KERNEL(Equal)
#undef HAIRPIN_BINARY_KERNEL

void DivisorF32(const float* dy, const float* y, const float* b, const LoopNest<4>& nest,
                bool accumulate, float* db) {
  MapNest<float, DivisorKernel, 3>(nest, DivisorKernel(), {dy, y, b}, accumulate, db);
}
void DivisorF64(const double* dy, const double* y, const double* b, const LoopNest<4>& nest,
                bool accumulate, double* db) {
  MapNest<double, DivisorKernel, 3>(nest, DivisorKernel(), {dy, y, b}, accumulate, db);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

#define HAIRPIN_EXPORT_BINARY_KERNEL(Name)                                                \
  HWY_EXPORT(Name##F32);                                                                  \
  HWY_EXPORT(Name##F64);                                                                  \
  namespace kernels {                                                                     \
  template <>                                                                             \
  void Name(const float* a, const Shape& a_shape, const float* b, const Shape& b_shape,   \
            bool accumulate, float* y, const Shape& y_shape) {                            \
    const auto nest = BroadcastNest<2>(y_shape, {&a_shape, &b_shape});                    \
    HWY_DYNAMIC_DISPATCH(Name##F32)(a, b, nest, accumulate, y);                           \
  }                                                                                       \
  template <>                                                                             \
  void Name(const double* a, const Shape& a_shape, const double* b, const Shape& b_shape, \
            bool accumulate, double* y, const Shape& y_shape) {                           \
    const auto nest = BroadcastNest<2>(y_shape, {&a_shape, &b_shape});                    \
    HWY_DYNAMIC_DISPATCH(Name##F64)(a, b, nest, accumulate, y);                           \
  }                                                                                       \
  }

HAIRPIN_EXPORT_BINARY_KERNEL(Add)
HAIRPIN_EXPORT_BINARY_KERNEL(Subtract)
HAIRPIN_EXPORT_BINARY_KERNEL(Multiply)
HAIRPIN_EXPORT_BINARY_KERNEL(Divide)
HAIRPIN_EXPORT_BINARY_KERNEL(Equal)
#undef HAIRPIN_EXPORT_BINARY_KERNEL

HWY_EXPORT(DivisorF32);
HWY_EXPORT(DivisorF64);

namespace kernels {
template <>
void DivideBackwardDivisor(const float* dy, const float* y, const float* b,
                           const Shape& b_shape, bool accumulate, float* db,
                           const Shape& y_shape) {
  HWY_DYNAMIC_DISPATCH(DivisorF32)
  (dy, y, b, BroadcastNest<3>(y_shape, {&y_shape, &y_shape, &b_shape}), accumulate, db);
}
template <>
void DivideBackwardDivisor(const double* dy, const double* y, const double* b,
                           const Shape& b_shape, bool accumulate, double* db,
                           const Shape& y_shape) {
  HWY_DYNAMIC_DISPATCH(DivisorF64)
  (dy, y, b, BroadcastNest<3>(y_shape, {&y_shape, &y_shape, &b_shape}), accumulate, db);
}

}  // namespace kernels
}  // namespace hairpin
#endif
