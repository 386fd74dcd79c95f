#include "ops/kernels/rmsprop.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/rmsprop.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
class Update {
 public:
  explicit Update(const kernels::RmsPropStep& s)
      : factor_(static_cast<T>(s.gradient_factor)),
        decay_(static_cast<T>(s.weight_decay)),
        alpha_(static_cast<T>(s.alpha)),
        weight_(static_cast<T>(1 - s.alpha)),
        epsilon_(static_cast<T>(s.epsilon)),
        momentum_(static_cast<T>(s.momentum)),
        step_size_(static_cast<T>(-s.learning_rate)) {}

  // g becomes what the moving averages are of; s and, where there is one, a follow.
  // Returns q.
  template <class D, class V, class... Mean>
  HWY_INLINE V Divisor(D d, V& g, V p, V& s, Mean&... a) const {
    g = hn::MulAdd(p, hn::Set(d, decay_), hn::Mul(g, hn::Set(d, factor_)));
    s = hn::MulAdd(hn::Mul(g, g), hn::Set(d, weight_), hn::Mul(s, hn::Set(d, alpha_)));
    V square = s;
    ((a = hn::MulAdd(hn::Set(d, weight_), hn::Sub(g, a), a),
      square = hn::NegMulAdd(a, a, square)),
     ...);
    square = hn::IfThenZeroElse(hn::Lt(square, hn::Zero(d)), square);
    return hn::Add(hn::Sqrt(square), hn::Set(d, epsilon_));
  }
  template <class D, class V>
  HWY_INLINE void Move(D d, V g, V q, V& p) const {
    p = hn::MulAdd(hn::Set(d, step_size_), hn::Div(g, q), p);
  }
  template <class D, class V>
  HWY_INLINE void MoveByBuffer(D d, V g, V q, V& p, V& b) const {
    b = hn::MulAdd(hn::Set(d, momentum_), b, hn::Div(g, q));
    p = hn::MulAdd(hn::Set(d, step_size_), b, p);
  }

 private:
  T factor_, decay_, alpha_, weight_, epsilon_, momentum_, step_size_;
};

template <typename T>
void Run(const T* gradient, int64_t n, const kernels::RmsPropStep& step, T* parameter, T* square,
         T* mean, T* buffer) {
  const Update<T> u(step);
  if (mean == nullptr && buffer == nullptr) {
    const auto f = [&u](auto d, auto g, auto& p, auto& s) HWY_ATTR {
      const auto q = u.Divisor(d, g, p, s);
      u.Move(d, g, q, p);
    };
    UpdateArrays(f, n, gradient, parameter, square);
  } else if (buffer == nullptr) {
    const auto f = [&u](auto d, auto g, auto& p, auto& s, auto& a) HWY_ATTR {
      const auto q = u.Divisor(d, g, p, s, a);
      u.Move(d, g, q, p);
    };
    UpdateArrays(f, n, gradient, parameter, square, mean);
  } else if (mean == nullptr) {
    const auto f = [&u](auto d, auto g, auto& p, auto& s, auto& b) HWY_ATTR {
      const auto q = u.Divisor(d, g, p, s);
      u.MoveByBuffer(d, g, q, p, b);
    };
    UpdateArrays(f, n, gradient, parameter, square, buffer);
  } else {
    const auto f = [&u](auto d, auto g, auto& p, auto& s, auto& a, auto& b) HWY_ATTR {
      const auto q = u.Divisor(d, g, p, s, a);
      u.MoveByBuffer(d, g, q, p, b);
    };
    UpdateArrays(f, n, gradient, parameter, square, mean, buffer);
  }
}

void RmsPropF32(const float* gradient, int64_t n, const kernels::RmsPropStep& step,
                float* parameter, float* square, float* mean, float* buffer) {
  Run(gradient, n, step, parameter, square, mean, buffer);
}
void RmsPropF64(const double* gradient, int64_t n, const kernels::RmsPropStep& step,
                double* parameter, double* square, double* mean, double* buffer) {
  Run(gradient, n, step, parameter, square, mean, buffer);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(RmsPropF32);
HWY_EXPORT(RmsPropF64);

namespace kernels {

template <>
void RmsProp(const float* gradient, int64_t n, const RmsPropStep& step, float* parameter,
             float* square, float* mean, float* buffer) {
  HWY_DYNAMIC_DISPATCH(RmsPropF32)(gradient, n, step, parameter, square, mean, buffer);
}
template <>
void RmsProp(const double* gradient, int64_t n, const RmsPropStep& step, double* parameter,
             double* square, double* mean, double* buffer) {
  HWY_DYNAMIC_DISPATCH(RmsPropF64)(gradient, n, step, parameter, square, mean, buffer);
}

}  // namespace kernels
}  // namespace hairpin
#endif
