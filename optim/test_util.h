// Small helpers of this folder's tests.
#ifndef HAIRPIN_OPTIM_TEST_UTIL_H_
#define HAIRPIN_OPTIM_TEST_UTIL_H_

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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

// Eight steps with falling rates and changing factors, beside a plain loop over
// elements: plain(i, g, lr, t, value) is what becomes of element i's value at
// step t = 1, 2, ... with the gradient g, which the factor is in.
template <class Plain>
void ExpectFollows(Optimizer& optimizer, Parameter& weight, const Plain& plain) {
  const bool is64 = weight.spec().dtype == DType::kFloat64;
  std::vector<double> expected = weight.value().ToDoubles();
  for (int t = 1; t <= 8; ++t) {
    const double lr = 0.2 / t, factor = t % 2 == 1 ? 1 : 0.25;
    const std::vector<double> gradient = Gradients(expected.size(), t);
    SetGradient(weight, gradient);
    optimizer.Step(lr, factor);
    const std::vector<double> values = weight.value().ToDoubles();
    for (size_t i = 0; i < values.size(); ++i) {
      expected[i] = plain(i, factor * gradient[i], lr, t, expected[i]);
      ASSERT_NEAR(values[i], expected[i], is64 ? 1e-13 : 2e-5) << "step " << t << ", element " << i;
    }
  }
  EXPECT_EQ(optimizer.step_count(), 8);
}

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_TEST_UTIL_H_
