#include "ops/kernels/recurrent.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/gru.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>

#include "hwy/highway.h"
#include "ops/kernels/recurrent-inl.h"
#include "ops/kernels/recurrent_scratch.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

using kernels::GruArrays;
using kernels::GruGradients;
using kernels::RecurrentShape;

// One step of one sequence, h in and out; sums = W_hh h.
//   r, z = sigmoid(a + (sums + b));  m = sums + b;  n = tanh(a + r m);  h' = (1 - z) n + z h
template <class T>
HWY_INLINE void Step(int64_t H, const T* sums, const T* b_hh, const T* a, T* gates, T* h, T* out) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  ForEachVector<T>(H, [&](int64_t j, size_t count, auto whole) HWY_ATTR {
    constexpr bool kWhole = decltype(whole)::value;
    const auto by_input = [&](int64_t gate) HWY_ATTR {
      return LoadPart<kWhole>(d, a + gate * H + j, count);
    };
    const auto by_state = [&](int64_t gate) HWY_ATTR {
      return hn::Add(hn::LoadU(d, sums + gate * H + j),
                     LoadPart<kWhole>(d, b_hh + gate * H + j, count));
    };
    const V r = Sigmoid(d, hn::Add(by_input(0), by_state(0)));
    const V z = Sigmoid(d, hn::Add(by_input(1), by_state(1)));
    const V m = by_state(2);
    const V n = Tanh(d, hn::MulAdd(r, m, by_input(2)));
    // n + z (h - n) = (1 - z) n + z h
    const V hidden = hn::MulAdd(z, hn::Sub(LoadPart<kWhole>(d, h + j, count), n), n);
    StorePart<kWhole>(r, d, gates + j, count);
    StorePart<kWhole>(z, d, gates + H + j, count);
    StorePart<kWhole>(n, d, gates + 2 * H + j, count);
    StorePart<kWhole>(m, d, gates + 3 * H + j, count);
    StorePart<kWhole>(hidden, d, h + j, count);
    StorePart<kWhole>(hidden, d, out + j, count);
  });
}

template <class T>
void Forward(const RecurrentShape& shape, const GruArrays<T>& x, char* workspace) {
  const int64_t H = shape.hidden, steps = shape.steps;
  const auto product = RecurrentProduct<T>::Forward(x.w_hh, 3 * H, H,
                                                    reinterpret_cast<T*>(workspace));
  const auto plan = kernels::PlanGruForward(shape, sizeof(T));
  ForEachGroup<T>(shape, plan, workspace, [&](int64_t begin, int64_t rows, T* sums,
                                              T* h) HWY_ATTR {
    std::copy_n(x.h + begin * H, rows * H, h);
    for (int64_t t = 0; t < steps; ++t) {
      product.Run(rows, h, sums);
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t row = (begin + r) * steps + t;
        Step(H, sums + r * product.width(), x.b_hh, x.a + 3 * H * row, x.gates + 4 * H * row,
             h + r * H, x.out + row * H);
      }
    }
    if (x.h_out != nullptr) std::copy_n(h, rows * H, x.h_out + begin * H);
  });
}

// Step's way back, dh by h' in; what it gives to h without the product out:
//   dz = dh (h - n);  dn = dh (1 - z) (1 - n^2);  dm = dn r;  dr = dn m;  dh z
template <class T>
HWY_INLINE void StepBackward(int64_t H, const T* gates, const T* h_before, const T* dh,
                             const T* d_out, T* passed, T* packed_hidden, T* d_gates,
                             T* d_hidden) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  ForEachVector<T>(H, [&](int64_t j, size_t count, auto whole) HWY_ATTR {
    constexpr bool kWhole = decltype(whole)::value;
    const V r = LoadPart<kWhole>(d, gates + j, count);
    const V z = LoadPart<kWhole>(d, gates + H + j, count);
    const V n = LoadPart<kWhole>(d, gates + 2 * H + j, count);
    const V m = LoadPart<kWhole>(d, gates + 3 * H + j, count);
    V by_h = hn::Add(hn::LoadU(d, dh + j), LoadPart<kWhole>(d, passed + j, count));
    if (d_out != nullptr) by_h = hn::Add(by_h, LoadPart<kWhole>(d, d_out + j, count));
    const V by_n = BackThroughTanh(hn::NegMulAdd(by_h, z, by_h), n);
    const V h = LoadPart<kWhole>(d, h_before + j, count);
    const V by_r = hn::Mul(hn::Mul(by_n, m), SigmoidSlope(r));
    const V by_z = hn::Mul(hn::Mul(by_h, hn::Sub(h, n)), SigmoidSlope(z));
    const V by_input[] = {by_r, by_z, by_n}, by_state[] = {by_r, by_z, hn::Mul(by_n, r)};
    for (int64_t gate = 0; gate < 3; ++gate) {
      StorePart<kWhole>(by_input[gate], d, d_gates + gate * H + j, count);
      StorePart<kWhole>(by_state[gate], d, d_hidden + gate * H + j, count);
      StorePart<kWhole>(by_state[gate], d, packed_hidden + gate * H + j, count);
    }
    StorePart<kWhole>(hn::Mul(by_h, z), d, passed + j, count);
  });
}

// dh of the step before = d_hidden W_hh + dh z.
template <class T>
void Backward(const RecurrentShape& shape, const GruGradients<T>& x, char* workspace) {
  const int64_t H = shape.hidden, steps = shape.steps;
  const auto product = RecurrentProduct<T>::Backward(x.w_hh, 3 * H, H,
                                                     reinterpret_cast<T*>(workspace));
  const auto plan = kernels::PlanGruBackward(shape, sizeof(T));
  ForEachGroup<T>(shape, plan, workspace, [&](int64_t begin, int64_t rows, T* dh,
                                              T* passed) HWY_ATTR {
    const int64_t width = product.width();
    T* const packed_hidden = passed + rows * H;
    std::fill_n(dh, rows * width, T(0));
    std::fill_n(passed, rows * H, T(0));
    if (x.d_h_out != nullptr) std::copy_n(x.d_h_out + begin * H, rows * H, passed);
    for (int64_t t = steps - 1; t >= 0; --t) {
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t row = (begin + r) * steps + t;
        StepBackward(H, x.gates + 4 * H * row,
                     t == 0 ? x.h + (begin + r) * H : x.out + (row - 1) * H, dh + r * width,
                     x.d_out == nullptr ? nullptr : x.d_out + row * H, passed + r * H,
                     packed_hidden + 3 * H * r, x.d_gates + 3 * H * row,
                     x.d_hidden + 3 * H * row);
      }
      if (t > 0 || x.d_h != nullptr) product.Run(rows, packed_hidden, dh);
    }
    for (int64_t r = 0; x.d_h != nullptr && r < rows; ++r) {
      for (int64_t j = 0; j < H; ++j) {
        x.d_h[(begin + r) * H + j] = dh[r * width + j] + passed[r * H + j];
      }
    }
  });
}

void ForwardF32(const RecurrentShape& shape, const GruArrays<float>& arrays, char* workspace) {
  Forward(shape, arrays, workspace);
}
void ForwardF64(const RecurrentShape& shape, const GruArrays<double>& arrays, char* workspace) {
  Forward(shape, arrays, workspace);
}
void BackwardF32(const RecurrentShape& shape, const GruGradients<float>& arrays,
                 char* workspace) {
  Backward(shape, arrays, workspace);
}
void BackwardF64(const RecurrentShape& shape, const GruGradients<double>& arrays,
                 char* workspace) {
  Backward(shape, arrays, workspace);
}

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

namespace kernels {

int64_t GruForwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanGruForward(shape, element_bytes).total();
}
int64_t GruBackwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanGruBackward(shape, element_bytes).total();
}

template <>
void GruForward(const RecurrentShape& shape, const GruArrays<float>& arrays, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF32)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void GruForward(const RecurrentShape& shape, const GruArrays<double>& arrays, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF64)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void GruBackward(const RecurrentShape& shape, const GruGradients<float>& arrays,
                  void* workspace) {
  HWY_DYNAMIC_DISPATCH(BackwardF32)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void GruBackward(const RecurrentShape& shape, const GruGradients<double>& arrays,
                  void* workspace) {
  HWY_DYNAMIC_DISPATCH(BackwardF64)(shape, arrays, static_cast<char*>(workspace));
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
