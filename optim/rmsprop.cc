#include "optim/rmsprop.h"

#include "ops/kernels/rmsprop.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

std::vector<std::string> StateOf(const RmsPropOptions& options) {
  HAIRPIN_CHECK(options.alpha >= 0 && options.alpha <= 1)
      << "RmsProp: found alpha " << options.alpha << ", expected one in [0, 1]";
  HAIRPIN_CHECK(options.epsilon >= 0 && options.momentum >= 0)
      << "RmsProp: found epsilon " << options.epsilon << " and momentum " << options.momentum
      << ", expected at least 0";
  std::vector<std::string> state;
  state.reserve(3);
  state.emplace_back("square");
  if (options.centered) state.emplace_back("mean");
  if (options.momentum != 0) state.emplace_back("momentum");
  return state;
}

}  // namespace

RmsProp::RmsProp(const std::vector<ParameterGroup>& groups, const RmsPropOptions& options)
    : Optimizer(groups, StateOf(options)), options_(options) {}

void RmsProp::UpdateParameter(const Update& update, Parameter& parameter,
                              absl::Span<const Tensor> state) const {
  const kernels::RmsPropStep step = {.learning_rate = update.learning_rate,
                                     .alpha = options_.alpha,
                                     .epsilon = options_.epsilon,
                                     .momentum = options_.momentum,
                                     .weight_decay = update.weight_decay,
                                     .gradient_factor = update.gradient_factor};
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    T* mean = options_.centered ? state[1].raw<T>() : nullptr;
    T* buffer = options_.momentum != 0 ? state.back().raw<T>() : nullptr;
    kernels::RmsProp(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                     parameter.value().mutable_data<T>(), state[0].raw<T>(), mean, buffer);
  });
}

}  // namespace hairpin
