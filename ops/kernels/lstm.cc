#include "ops/kernels/recurrent.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/lstm.cc"
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

using kernels::LstmArrays;
using kernels::LstmGradients;
using kernels::RecurrentShape;

// One step of one sequence; sums = W_hh h, `gates` a in.
//   i, f, o = sigmoid(a + (sums + b));  g = tanh(a + (sums + b));  c' = f c + i g;  h' = o tanh(c')
template <class T>
HWY_INLINE void Step(int64_t H, const T* sums, const T* b_hh, const T* c_before, T* gates, T* c,
                     T* h, T* out) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  ForEachVector<T>(H, [&](int64_t j, size_t count, auto whole) HWY_ATTR {
    constexpr bool kWhole = decltype(whole)::value;
    const auto before = [&](int64_t gate) HWY_ATTR {
      const int64_t at = gate * H + j;
      return hn::Add(LoadPart<kWhole>(d, gates + at, count),
                     hn::Add(hn::LoadU(d, sums + at), LoadPart<kWhole>(d, b_hh + at, count)));
    };
    const V i = Sigmoid(d, before(0)), f = Sigmoid(d, before(1)), g = Tanh(d, before(2));
    const V o = Sigmoid(d, before(3));
    const V cell = hn::MulAdd(f, LoadPart<kWhole>(d, c_before + j, count), hn::Mul(i, g));
    const V hidden = hn::Mul(o, Tanh(d, cell));
    StorePart<kWhole>(i, d, gates + j, count);
    StorePart<kWhole>(f, d, gates + H + j, count);
    StorePart<kWhole>(g, d, gates + 2 * H + j, count);
    StorePart<kWhole>(o, d, gates + 3 * H + j, count);
    StorePart<kWhole>(cell, d, c + j, count);
    StorePart<kWhole>(hidden, d, h + j, count);
    StorePart<kWhole>(hidden, d, out + j, count);
  });
}

template <class T>
void Forward(const RecurrentShape& shape, const LstmArrays<T>& x, char* workspace) {
  const int64_t H = shape.hidden, steps = shape.steps;
  const auto product = RecurrentProduct<T>::Forward(x.w_hh, 4 * H, H,
                                                    reinterpret_cast<T*>(workspace));
  const auto plan = kernels::PlanLstmForward(shape, sizeof(T));
  ForEachGroup<T>(shape, plan, workspace, [&](int64_t begin, int64_t rows, T* sums,
                                              T* h) HWY_ATTR {
    std::copy_n(x.h + begin * H, rows * H, h);
    for (int64_t t = 0; t < steps; ++t) {
      product.Run(rows, h, sums);
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t row = (begin + r) * steps + t;
        Step(H, sums + r * product.width(), x.b_hh,
             t == 0 ? x.c + (begin + r) * H : x.cells + (row - 1) * H, x.gates + 4 * H * row,
             x.cells + row * H, h + r * H, x.out + row * H);
      }
    }
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t sequence = begin + r;
      if (x.h_out != nullptr) std::copy_n(h + r * H, H, x.h_out + sequence * H);
      if (x.c_out != nullptr) {
        std::copy_n(x.cells + ((sequence + 1) * steps - 1) * H, H, x.c_out + sequence * H);
      }
    }
  });
}

// Step's way back, dh by h' and dc by c' (without what comes by h') in, dc by c out:
//   do = dh tanh(c');  dc += dh o (1 - tanh(c')^2);  di = dc g;  dg = dc i;  df = dc c;  dc f
// and through the gates' own slopes to those by a.
template <class T>
HWY_INLINE void StepBackward(int64_t H, const T* gates, const T* c_before, const T* c, const T* dh,
                             const T* d_out, T* dc, T* packed_gates, T* d_gates) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  ForEachVector<T>(H, [&](int64_t j, size_t count, auto whole) HWY_ATTR {
    constexpr bool kWhole = decltype(whole)::value;
    const V i = LoadPart<kWhole>(d, gates + j, count);
    const V f = LoadPart<kWhole>(d, gates + H + j, count);
    const V g = LoadPart<kWhole>(d, gates + 2 * H + j, count);
    const V o = LoadPart<kWhole>(d, gates + 3 * H + j, count);
    const V tanh_c = Tanh(d, LoadPart<kWhole>(d, c + j, count));
    V by_h = hn::LoadU(d, dh + j);
    if (d_out != nullptr) by_h = hn::Add(by_h, LoadPart<kWhole>(d, d_out + j, count));
    const V by_c = hn::Add(LoadPart<kWhole>(d, dc + j, count),
                           BackThroughTanh(hn::Mul(by_h, o), tanh_c));
    const V by_gates[] = {
        hn::Mul(hn::Mul(by_c, g), SigmoidSlope(i)),
        hn::Mul(hn::Mul(by_c, LoadPart<kWhole>(d, c_before + j, count)), SigmoidSlope(f)),
        BackThroughTanh(hn::Mul(by_c, i), g),
        hn::Mul(hn::Mul(by_h, tanh_c), SigmoidSlope(o))};
    for (int64_t gate = 0; gate < 4; ++gate) {
      StorePart<kWhole>(by_gates[gate], d, packed_gates + gate * H + j, count);
      StorePart<kWhole>(by_gates[gate], d, d_gates + gate * H + j, count);
    }
    StorePart<kWhole>(hn::Mul(by_c, f), d, dc + j, count);
  });
}

// dh of the step before = d_gates W_hh.
template <class T>
void Backward(const RecurrentShape& shape, const LstmGradients<T>& x, char* workspace) {
  const int64_t H = shape.hidden, steps = shape.steps;
  const auto product = RecurrentProduct<T>::Backward(x.w_hh, 4 * H, H,
                                                     reinterpret_cast<T*>(workspace));
  const auto plan = kernels::PlanLstmBackward(shape, sizeof(T));
  ForEachGroup<T>(shape, plan, workspace, [&](int64_t begin, int64_t rows, T* dh,
                                              T* dc) HWY_ATTR {
    const int64_t width = product.width();
    T* const packed_gates = dc + rows * H;
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t first = (begin + r) * H;
      std::fill_n(dh + r * width, width, T(0));
      if (x.d_h_out != nullptr) std::copy_n(x.d_h_out + first, H, dh + r * width);
      std::fill_n(dc + r * H, H, T(0));
      if (x.d_c_out != nullptr) std::copy_n(x.d_c_out + first, H, dc + r * H);
    }
    for (int64_t t = steps - 1; t >= 0; --t) {
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t row = (begin + r) * steps + t;
        StepBackward(H, x.gates + 4 * H * row,
                     t == 0 ? x.c + (begin + r) * H : x.cells + (row - 1) * H, x.cells + row * H,
                     dh + r * width, x.d_out == nullptr ? nullptr : x.d_out + row * H, dc + r * H,
                     packed_gates + 4 * H * r, x.d_gates + 4 * H * row);
      }
      if (t > 0 || x.d_h != nullptr) product.Run(rows, packed_gates, dh);
    }
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t first = (begin + r) * H;
      if (x.d_h != nullptr) std::copy_n(dh + r * width, H, x.d_h + first);
      if (x.d_c != nullptr) std::copy_n(dc + r * H, H, x.d_c + first);
    }
  });
}

void ForwardF32(const RecurrentShape& shape, const LstmArrays<float>& arrays, char* workspace) {
  Forward(shape, arrays, workspace);
}
void ForwardF64(const RecurrentShape& shape, const LstmArrays<double>& arrays, char* workspace) {
  Forward(shape, arrays, workspace);
}
void BackwardF32(const RecurrentShape& shape, const LstmGradients<float>& arrays,
                 char* workspace) {
  Backward(shape, arrays, workspace);
}
void BackwardF64(const RecurrentShape& shape, const LstmGradients<double>& arrays,
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

int64_t LstmForwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanLstmForward(shape, element_bytes).total();
}
int64_t LstmBackwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes) {
  return PlanLstmBackward(shape, element_bytes).total();
}

template <>
void LstmForward(const RecurrentShape& shape, const LstmArrays<float>& arrays, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF32)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void LstmForward(const RecurrentShape& shape, const LstmArrays<double>& arrays, void* workspace) {
  HWY_DYNAMIC_DISPATCH(ForwardF64)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void LstmBackward(const RecurrentShape& shape, const LstmGradients<float>& arrays,
                  void* workspace) {
  HWY_DYNAMIC_DISPATCH(BackwardF32)(shape, arrays, static_cast<char*>(workspace));
}
template <>
void LstmBackward(const RecurrentShape& shape, const LstmGradients<double>& arrays,
                  void* workspace) {
  HWY_DYNAMIC_DISPATCH(BackwardF64)(shape, arrays, static_cast<char*>(workspace));
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
