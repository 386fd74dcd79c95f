#include "ops/recurrent.h"

#include "ops/kernels/reduce.h"

namespace hairpin {

RecurrentSizes CheckRecurrent(const char* name, Specs inputs, int gates, int states, bool cell) {
  const TensorSpec& x = inputs[0];
  HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == (cell ? 2 : 3) && x.shape[-1] >= 1 &&
                x.shape[1] >= 1)
      << name << ": x of " << x.dtype << x.shape << ", expected floating "
      << (cell ? "[B, C]" : "[B, T, C]") << " of at least one step and channel";
  const Shape& h = inputs[1].shape;
  HAIRPIN_CHECK(h.rank() == 2 && h[0] == x.shape[0] && h[1] >= 1)
      << name << ": h of shape " << h << " and x of shape " << x.shape << ", expected h [B, H]";
  const RecurrentSizes sizes = {.B = x.shape[0],
                                .T = cell ? 1 : x.shape[1],
                                .C = x.shape[-1],
                                .H = h[1],
                                .n = gates,
                                .cell = cell,
                                .states = states};
  const auto check = [&](int input, const char* what, const Shape& expected) {
    HAIRPIN_CHECK(inputs[input] == TensorSpec({x.dtype, expected}))
        << name << ": " << what << " of " << inputs[input].dtype << inputs[input].shape
        << ", expected " << x.dtype << expected << " for x of shape " << x.shape
        << " and h of shape " << h;
  };
  const int64_t rows = gates * sizes.H;
  check(1, "h", h);
  if (states == 2) check(2, "c", h);
  check(sizes.w_ih(), "w_ih", Shape({rows, sizes.C}));
  check(sizes.w_hh(), "w_hh", Shape({rows, sizes.H}));
  check(sizes.b_ih(), "b_ih", Shape({rows}));
  check(sizes.b_hh(), "b_hh", Shape({rows}));
  return sizes;
}

namespace {

// dw = d^T v and db = the sums of d's rows, as far as they are needed.
template <class T>
void MapGradients(const BackwardArgs& args, const RecurrentSizes& sizes, int weight, int bias,
                  const T* d, const T* v, int64_t width, void* workspace) {
  kernels::MatMulRowSums<T> sums;
  if (args.needs(bias)) sums = {args.gradient(bias).raw<T>(), args.accumulate(bias)};
  if (args.needs(weight)) {
    const T* const no_bias = nullptr;
    kernels::MatMul(sizes.WeightGradient(width, args.accumulate(weight)), d, v, no_bias,
                    args.gradient(weight).raw<T>(), workspace, sums);
  } else if (args.needs(bias)) {
    kernels::SumToShape(d, Shape({sizes.rows(), sizes.n * sizes.H}), /*scale=*/1.0,
                        sums.accumulate, sums.sums, Shape({sizes.n * sizes.H}));
  }
}

}  // namespace

template <class T>
void RecurrentGradients(const BackwardArgs& args, const RecurrentSizes& sizes, const T* da,
                        const T* dm, const T* h, const T* out, T* previous, void* workspace) {
  const int64_t H = sizes.H, steps = sizes.T;
  if (args.needs(0)) {
    const T* const no_bias = nullptr;
    kernels::MatMul(sizes.InputGradient(args.accumulate(0)), da,
                    args.input(sizes.w_ih()).data<T>(), no_bias, args.gradient(0).raw<T>(),
                    workspace);
  }
  MapGradients(args, sizes, sizes.w_ih(), sizes.b_ih(), da, args.input(0).data<T>(), sizes.C,
               workspace);
  if (args.needs(sizes.w_hh())) {
    for (int64_t b = 0; b < sizes.B; ++b) {
      T* const to = previous + b * steps * H;
      std::copy_n(h + b * H, H, to);
      if (steps > 1) std::copy_n(out + b * steps * H, (steps - 1) * H, to + H);
    }
  }
  MapGradients(args, sizes, sizes.w_hh(), sizes.b_hh(), dm, previous, H, workspace);
}

template void RecurrentGradients(const BackwardArgs&, const RecurrentSizes&, const float*,
                                 const float*, const float*, const float*, float*, void*);
template void RecurrentGradients(const BackwardArgs&, const RecurrentSizes&, const double*,
                                 const double*, const double*, const double*, double*, void*);

std::vector<Tensor> RecurrentSample(const RecurrentSizes& s) {
  std::vector<Tensor> inputs = {
      SampleUniform(s.cell ? Shape({s.B, s.C}) : Shape({s.B, s.T, s.C}), -2, 2, 1)};
  for (int i = 0; i < s.states; ++i) inputs.push_back(SampleUniform({s.B, s.H}, -1, 1, 2 + i));
  inputs.push_back(SampleUniform({s.n * s.H, s.C}, -1, 1, 4));
  inputs.push_back(SampleUniform({s.n * s.H, s.H}, -1, 1, 5));
  inputs.push_back(SampleUniform({s.n * s.H}, -1, 1, 6));
  inputs.push_back(SampleUniform({s.n * s.H}, -1, 1, 7));
  return inputs;
}

}  // namespace hairpin
