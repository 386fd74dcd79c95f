#include "optim/lion.h"

#include "ops/kernels/lion.h"
#include "tensor/check.h"

namespace hairpin {

Lion::Lion(const std::vector<ParameterGroup>& groups, const LionOptions& options)
    : Optimizer(groups, {"m"}), options_(options) {
  for (const double beta : {options.beta1, options.beta2}) {
    HAIRPIN_CHECK(beta >= 0 && beta < 1)
        << "Lion: found a beta of " << beta << ", expected one in [0, 1)";
  }
}

void Lion::UpdateParameter(const Update& update, Parameter& parameter,
                           absl::Span<const Tensor> state) const {
  const kernels::LionStep step = {.learning_rate = update.learning_rate,
                                  .beta1 = options_.beta1,
                                  .beta2 = options_.beta2,
                                  .weight_decay = update.weight_decay,
                                  .gradient_factor = update.gradient_factor};
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    kernels::Lion(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                  parameter.value().mutable_data<T>(), state[0].raw<T>());
  });
}

}  // namespace hairpin
