#include "optim/adagrad.h"

#include "ops/kernels/adagrad.h"

namespace hairpin {

Adagrad::Adagrad(std::vector<ParameterGroup> groups, const AdagradOptions& options)
    : Optimizer(std::move(groups), {"sum"}, options.initial_sum), options_(options) {}

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
