// Gradcheck: gradients of a function against finite differences, in float64.
//
//   GradcheckResult result = Gradcheck(
//       [](Recording&, absl::Span<const Variable> x) -> std::vector<Variable> {
//         return {Mul(x[0], x[1])};
//       },
//       {a, b});
//   EXPECT_TRUE(result.ok) << result.message;
//
// The outputs are projected on fixed random directions, L = sum_o <r_o, out_o>,
// and the numeric gradient of L is the fourth-order central difference
//   f'(x) = (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / (12 h) + O(h^4).
#ifndef HAIRPIN_AUTOGRAD_GRADCHECK_H_
#define HAIRPIN_AUTOGRAD_GRADCHECK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "autograd/variable.h"
#include "tensor/tensor.h"

namespace hairpin {

using DifferentiableFunction =
    std::function<std::vector<Variable>(Recording&, absl::Span<const Variable>)>;

struct GradcheckOptions {
  // |analytic - numeric| <= tolerance (1 + max |numeric|), for each input.
  double tolerance = 1e-7;
  // The step h; inputs should be 1e-2 away from kinks and ties.
  double step = 1e-3;
  RecordingOptions recording;
};

struct GradcheckResult {
  bool ok = true;
  // The largest |analytic - numeric| / (1 + max |numeric|) of any input; NaN if one is.
  double error = 0;
  // Names the first input that is wrong, the element and both values where not ok.
  std::string message;
};

// Inputs of float64 are differentiated; others are passed as constants. Every
// element of each is moved, so keep them small (some hundred elements).
GradcheckResult Gradcheck(const DifferentiableFunction& function, absl::Span<const Tensor> inputs,
                          const GradcheckOptions& options = {});

// The numeric gradient of `f`, a function of an offset, at 0.
template <class Function>
double CentralDifference(const Function& f, double h) {
  return static_cast<double>((8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) /
                             (12 * static_cast<long double>(h)));
}

// Both gradients of one element.
struct ElementGradient {
  int64_t element;
  double analytic, numeric;
};

// Adds to `result` what the elements of one input, called `name`, have in common.
// A NaN or an infinity on either side is not ok.
void CompareGradients(std::string_view name, absl::Span<const ElementGradient> elements,
                      double tolerance, GradcheckResult* result);

// Outputs and, by the same projection, gradients of all floating inputs, in the
// inputs' own dtypes. gradients[i] is null for an input without one.
struct EvaluatedGradients {
  std::vector<Tensor> outputs;
  std::vector<Tensor> gradients;
};
EvaluatedGradients EvaluateGradients(const DifferentiableFunction& function,
                                     absl::Span<const Tensor> inputs,
                                     const RecordingOptions& options = {});

// The fixed random direction of output `index`: uniform in [-1, 1), a function
// of the index and the element alone.
Tensor ProjectionDirection(int index, const TensorSpec& spec);

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_GRADCHECK_H_
