#include "nn/module_gradcheck.h"

#include <algorithm>
#include <cstdint>
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
      if (result.ok) result.message = absl::StrCat(visit.name(), ": has no gradient");
      result.ok = false;
      return;
    }
    const int64_t n = parameter.spec().shape.num_elements();
    const int64_t stride = std::max<int64_t>(1, n / kElements);
    std::vector<ElementGradient> elements;
    for (int64_t i = 0; i < n; i += stride) {
      const double before = parameter.value().data<double>()[i];
      const auto at = [&](double offset) {
        parameter.value().mutable_data<double>()[i] = before + offset;
        return evaluate();
      };
      elements.push_back(
          {i, parameter.gradient().data<double>()[i], CentralDifference(at, options.step)});
      parameter.value().mutable_data<double>()[i] = before;
    }
    CompareGradients(absl::StrCat(visit.name(), " ", parameter.spec().shape.ToString()), elements,
                     options.tolerance, &result);
  });
  return result;
}

}  // namespace hairpin::nn
