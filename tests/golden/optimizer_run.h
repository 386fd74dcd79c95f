// A run of an optimizer over given gradients, compared after each step with what PyTorch had.
//
//   CompareRun(golden, run, run["lr"], DType::kFloat64, MakeOptimizer, 1e-12, differences);
//
// A run's `after` names the tensor [steps, ...] of each parameter; it starts at start.PARAMETER and
// takes gradients.PARAMETER in turn. `make` is called with the run and its parameters.
#ifndef HAIRPIN_TESTS_GOLDEN_OPTIMIZER_RUN_H_
#define HAIRPIN_TESTS_GOLDEN_OPTIMIZER_RUN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "optim/optimizer.h"
#include "tests/golden/differences.h"
#include "tests/golden/golden.h"

namespace hairpin::golden {

// Element i of axis 0, float64.
inline Tensor Row(const Tensor& tensor, int64_t i) {
  const Shape shape(tensor.shape().sizes().subspan(1));
  const int64_t n = shape.num_elements();
  return Tensor::FromValues<double>(shape, tensor.values<double>().subspan(i * n, n));
}

inline void SetGradient(Parameter& parameter, const Tensor& gradient) {
  parameter.GradientMemory().CopyFrom(gradient);
  parameter.MarkGradient();
}

template <class Make>
void CompareRun(const Golden& golden, const nlohmann::json& run, double learning_rate, DType dtype,
                Make make, double tolerance, Differences& differences) {
  std::vector<std::unique_ptr<Parameter>> owned;
  std::vector<Parameter*> parameters;
  for (const auto& [name, after] : run["after"].items()) {
    owned.push_back(std::make_unique<Parameter>(name, golden.Get("start." + name, dtype).Clone()));
    parameters.push_back(owned.back().get());
  }
  const std::unique_ptr<Optimizer> optimizer = make(run, parameters);
  const int64_t steps = golden.Get("gradients." + parameters[0]->name()).shape()[0];
  for (int64_t step = 0; step < steps; ++step) {
    for (Parameter* parameter : parameters) {
      const Tensor gradient = Row(golden.Get("gradients." + parameter->name()), step);
      SetGradient(*parameter, dtype == DType::kFloat64 ? gradient : gradient.Cast(dtype));
    }
    optimizer->Step(learning_rate);
    for (Parameter* parameter : parameters) {
      const Tensor expected = golden.Get(run["after"][parameter->name()]);
      differences.Expect(run["optimizer"],
                         RelativeDifference(parameter->value(), Row(expected, step)), tolerance,
                         run["name"].get<std::string>() + " " + parameter->name() + " step " +
                             std::to_string(step));
    }
  }
}

}  // namespace hairpin::golden

#endif  // HAIRPIN_TESTS_GOLDEN_OPTIMIZER_RUN_H_
