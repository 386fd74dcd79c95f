#include "optim/sgd.h"

#include "ops/kernels/sgd.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

std::vector<std::string> StateOf(const SgdOptions& options) {
  HAIRPIN_CHECK(options.momentum >= 0)
      << "Sgd: found momentum " << options.momentum << ", expected at least 0";
  HAIRPIN_CHECK(!options.nesterov || (options.momentum > 0 && options.dampening == 0))
      << "Sgd: found nesterov with momentum " << options.momentum << " and dampening "
      << options.dampening << ", expected momentum and no dampening";
  if (options.momentum == 0) return {};
  return {"momentum"};
}

}  // namespace

Sgd::Sgd(const std::vector<ParameterGroup>& groups, const SgdOptions& options)
    : Optimizer(groups, StateOf(options)), options_(options) {}

void Sgd::UpdateParameter(const Update& update, Parameter& parameter,
                          absl::Span<const Tensor> state) const {
  const kernels::SgdStep step = {.learning_rate = update.learning_rate,
                                 .momentum = options_.momentum,
                                 .dampening = options_.dampening,
                                 .weight_decay = update.weight_decay,
                                 .nesterov = options_.nesterov,
                                 .first = update.number == 1,
                                 .gradient_factor = update.gradient_factor};
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    kernels::Sgd(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                 parameter.value().mutable_data<T>(),
                 state.empty() ? nullptr : state[0].raw<T>());
  });
}

}  // namespace hairpin
