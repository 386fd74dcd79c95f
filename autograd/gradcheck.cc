#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "tensor/dtype.h"
#include "tensor/philox.h"

namespace hairpin {
namespace {

std::vector<Variable> MakeInputs(Recording& recording, absl::Span<const Tensor> inputs) {
  std::vector<Variable> variables;
  for (const Tensor& input : inputs) {
    variables.push_back(IsFloating(input.dtype()) ? recording.Input(input)
                                                  : recording.Constant(input));
  }
  return variables;
}

// L = sum over floating outputs of <direction, output>, in long double.
long double Project(const DifferentiableFunction& function, absl::Span<const Tensor> inputs,
                    RecordingOptions options) {
  options.gradients = false;
  Recording recording(options);
  const std::vector<Variable> variables = MakeInputs(recording, inputs);
  const std::vector<Variable> outputs = function(recording, variables);
  long double sum = 0;
  for (size_t o = 0; o < outputs.size(); ++o) {
    if (!IsFloating(outputs[o].dtype())) continue;
    const std::vector<double> values = outputs[o].value().ToDoubles();
    const std::vector<double> direction =
        ProjectionDirection(static_cast<int>(o), outputs[o].spec()).ToDoubles();
    for (size_t i = 0; i < values.size(); ++i) {
      sum += static_cast<long double>(values[i]) * direction[i];
    }
  }
  return sum;
}

}  // namespace

Tensor ProjectionDirection(int index, const TensorSpec& spec) {
  Tensor direction = Tensor::Empty(spec);
  const Philox philox(DeriveKey(static_cast<uint64_t>(index), Stream::kTest));
  DispatchFloating(spec.dtype, [&]<class T>() {
    T* values = direction.raw<T>();
    for (int64_t i = 0; i < spec.shape.num_elements(); ++i) {
      values[i] = static_cast<T>(2 * UniformFloat(philox.At(i)[0]) - 1);
    }
  });
  return direction;
}

EvaluatedGradients EvaluateGradients(const DifferentiableFunction& function,
                                     absl::Span<const Tensor> inputs,
                                     const RecordingOptions& options) {
  EvaluatedGradients result;
  Recording recording(options);
  const std::vector<Variable> variables = MakeInputs(recording, inputs);
  std::vector<Variable> outputs = function(recording, variables);
  std::vector<Variable> roots;
  std::vector<Tensor> seeds;
  for (size_t o = 0; o < outputs.size(); ++o) {
    result.outputs.push_back(outputs[o].value().Clone());
    if (!outputs[o].requires_gradient()) continue;
    roots.push_back(outputs[o]);
    seeds.push_back(ProjectionDirection(static_cast<int>(o), outputs[o].spec()));
  }
  // The values are copied; only what backward saved may stay alive.
  outputs.clear();
  if (!roots.empty()) recording.Backward(roots, seeds);
  for (const Variable& variable : variables) {
    result.gradients.push_back(variable.gradient() ? variable.gradient().Clone() : Tensor());
  }
  return result;
}

void CompareGradients(std::string_view name, absl::Span<const ElementGradient> elements,
                      double tolerance, GradcheckResult* result) {
  double largest = 0;
  for (const ElementGradient& e : elements) largest = std::max(largest, std::abs(e.numeric));
  for (const ElementGradient& e : elements) {
    const double error = std::abs(e.analytic - e.numeric) / (1 + largest);
    // Both written so that a NaN fails and stays.
    if (!(error <= tolerance) && result->ok) {
      result->ok = false;
      result->message = absl::StrFormat(
          "%s, element %d: analytic %.12g, numeric %.12g, error %.3g over 1 + max",
          std::string(name), e.element, e.analytic, e.numeric, error);
    }
    if (!(error <= result->error) && !std::isnan(result->error)) result->error = error;
  }
}

GradcheckResult Gradcheck(const DifferentiableFunction& function, absl::Span<const Tensor> inputs,
                          const GradcheckOptions& options) {
  GradcheckResult result;
  const EvaluatedGradients evaluated = EvaluateGradients(function, inputs, options.recording);
  std::vector<Tensor> moved;
  for (const Tensor& input : inputs) moved.push_back(input.Clone());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].dtype() != DType::kFloat64) continue;
    const int64_t n = inputs[i].num_elements();
    const std::vector<double> analytic = evaluated.gradients[i]
                                             ? evaluated.gradients[i].ToDoubles()
                                             : std::vector<double>(n, 0.0);
    std::vector<ElementGradient> elements;
    for (int64_t e = 0; e < n; ++e) {
      const double x = inputs[i].data<double>()[e];
      const auto at = [&](double offset) {
        moved[i].mutable_data<double>()[e] = x + offset;
        return Project(function, moved, options.recording);
      };
      elements.push_back({e, analytic[e], CentralDifference(at, options.step)});
      moved[i].mutable_data<double>()[e] = x;
    }
    CompareGradients(absl::StrFormat("input %d %s", i, inputs[i].shape().ToString()), elements,
                     options.tolerance, &result);
  }
  return result;
}

}  // namespace hairpin
