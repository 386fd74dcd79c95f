// Small helpers of this folder's tests.
#ifndef HAIRPIN_OPTIM_TEST_UTIL_H_
#define HAIRPIN_OPTIM_TEST_UTIL_H_

#include <cmath>
#include <string>
#include <vector>

#include "autograd/parameter.h"
#include "optim/optimizer.h"

namespace hairpin {

// A gradient as backward leaves it, rounded to the parameter's dtype.
inline void SetGradient(Parameter& parameter, const std::vector<double>& values) {
  const Tensor gradient = Tensor::FromValues<double>(parameter.spec().shape, values);
  parameter.GradientMemory().CopyFrom(
      parameter.spec().dtype == DType::kFloat64 ? gradient : gradient.Cast(parameter.spec().dtype));
  parameter.MarkGradient();
}

// Values without a pattern, of both signs, from 1e-3 to 10 in size, others for each `step`.
inline std::vector<double> Gradients(size_t count, int step) {
  std::vector<double> values(count);
  for (size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(i) + 10.0 * step;
    values[i] = std::sin(1 + 2.7 * x) * std::pow(10.0, 2 * std::sin(5 * x) - 1);
  }
  return values;
}

// The names of the state, in their order.
inline std::vector<std::string> StateNames(Optimizer& optimizer) {
  std::vector<std::string> names;
  optimizer.VisitState([&](const std::string& name, Tensor&) { names.push_back(name); });
  return names;
}

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_TEST_UTIL_H_
