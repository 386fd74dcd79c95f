#include "optim/adam.h"

#include <cmath>

#include "ops/kernels/adamw.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

void CheckBeta(const char* name, double beta) {
  HAIRPIN_CHECK(beta >= 0 && beta < 1)
      << "Adam: found " << name << " " << beta << ", expected one in [0, 1)";
}

}  // namespace

Adam::Adam(const std::vector<ParameterGroup>& groups, const AdamOptions& options, bool decoupled)
    : Adam(groups, options, decoupled,
           [](const ParameterGroup&, const Parameter&) { return AdamState(); }) {}

Adam::Adam(const std::vector<ParameterGroup>& groups, const AdamOptions& options, bool decoupled,
           const StateRule& state)
    : Optimizer(groups, state), options_(options), decoupled_(decoupled) {
  CheckBeta("beta1", options.beta1);
  CheckBeta("beta2", options.beta2);
  HAIRPIN_CHECK(options.epsilon >= 0)
      << "Adam: found epsilon " << options.epsilon << ", expected at least 0";
}

// Bias corrections at step t = 1, 2, ...: 1 - beta^t.
void Adam::UpdateParameter(const Update& update, Parameter& parameter,
                           absl::Span<const Tensor> state) const {
  const double t = static_cast<double>(update.number);
  const kernels::AdamWStep step = {
      .learning_rate = update.learning_rate,
      .beta1 = options_.beta1,
      .beta2 = options_.beta2,
      .epsilon = options_.epsilon,
      .weight_decay = decoupled_ ? update.weight_decay : 0,
      .added_decay = decoupled_ ? 0 : update.weight_decay,
      .bias_correction1 = 1 - std::pow(options_.beta1, t),
      .bias_correction2 = 1 - std::pow(options_.beta2, t),
      .gradient_factor = update.gradient_factor};
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    kernels::AdamW(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                   parameter.value().mutable_data<T>(), state[0].raw<T>(), state[1].raw<T>());
  });
}

}  // namespace hairpin
