#include "nn/module_gradcheck.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"

namespace hairpin::nn {
namespace {

// Elements of one parameter that are moved, at most.
constexpr int64_t kElements = 40;

}  // namespace

GradcheckResult GradcheckModule(Module& module, const std::function<Variable(Recording&)>& loss,
                                const GradcheckOptions& options) {
  Recording recording(options.recording);
  module.ClearGradients();
  recording.Backward(loss(recording));
  const auto evaluate = [&] {
    recording.Reset(options.recording);
    return loss(recording).value().item();
  };

  GradcheckResult result;
  module.VisitParameters([&](const ParameterVisit& visit) {
    Parameter& parameter = visit.parameter;
    if (!parameter.has_gradient()) {
      result.ok = false;
      result.message = absl::StrCat(visit.name(), ": has no gradient");
      return;
    }
    const int64_t n = parameter.spec().shape.num_elements();
    const int64_t stride = std::max<int64_t>(1, n / kElements);
    double largest = 0, difference = 0;
    for (int64_t i = 0; i < n; i += stride) {
      const double before = parameter.value().data<double>()[i];
      const auto at = [&](double steps) {
        parameter.value().mutable_data<double>()[i] = before + steps * options.step;
        return evaluate();
      };
      const double numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * options.step);
      parameter.value().mutable_data<double>()[i] = before;
      largest = std::max(largest, std::abs(numeric));
      difference =
          std::max(difference, std::abs(parameter.gradient().data<double>()[i] - numeric));
    }
    const double error = difference / (1 + largest);
    result.error = std::max(result.error, error);
    if (!(error <= options.tolerance)) {
      result.ok = false;
      result.message = absl::StrCat(visit.name(), ": error ", error);
    }
  });
  return result;
}

}  // namespace hairpin::nn
