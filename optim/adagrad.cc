#include "optim/adagrad.h"

#include "ops/kernels/adagrad.h"
#include "tensor/check.h"

namespace hairpin {

Adagrad::Adagrad(const std::vector<ParameterGroup>& groups, const AdagradOptions& options)
    : Optimizer(groups, {"sum"}, options.initial_sum), options_(options) {
  HAIRPIN_CHECK(options.rate_decay >= 0 && options.epsilon >= 0 && options.initial_sum >= 0)
      << "Adagrad: found rate_decay " << options.rate_decay << ", epsilon " << options.epsilon
      << " and initial_sum " << options.initial_sum << ", expected at least 0";
}

void Adagrad::UpdateParameter(const Update& update, Parameter& parameter,
                              absl::Span<const Tensor> state) const {
  const double steps_before = static_cast<double>(update.number - 1);
  const kernels::AdagradStep step = {
      .learning_rate = update.learning_rate / (1 + steps_before * options_.rate_decay),
      .epsilon = options_.epsilon,
      .weight_decay = update.weight_decay,
      .gradient_factor = update.gradient_factor};
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    kernels::Adagrad(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                     parameter.value().mutable_data<T>(), state[0].raw<T>());
  });
}

}  // namespace hairpin
