#include "optim/optimizer.h"

#include <algorithm>
#include <utility>

namespace hairpin {

std::vector<Parameter*> ParametersOf(nn::Module& module) {
  std::vector<Parameter*> parameters;
  module.VisitParameters([&](const nn::ParameterVisit& visit) {
    if (visit.parameter.requires_gradient()) parameters.push_back(&visit.parameter);
  });
  return parameters;
}

std::vector<ParameterGroup> DecayMatricesOnly(nn::Module& module, double weight_decay) {
  std::vector<ParameterGroup> groups(2);
  groups[0].weight_decay = weight_decay;
  for (Parameter* parameter : ParametersOf(module)) {
    groups[parameter->spec().shape.rank() >= 2 ? 0 : 1].parameters.push_back(parameter);
  }
  return groups;
}

Optimizer::Optimizer(const std::vector<ParameterGroup>& groups, const StateRule& state,
                     double initial_state)
    : initial_state_(initial_state) {
  for (const ParameterGroup& group : groups) {
    for (Parameter* parameter : group.parameters) {
      parameters_.push_back(parameter);
      settings_.push_back({.weight_decay = group.weight_decay,
                           .learning_rate_factor = group.learning_rate_factor,
                           .state_names = state(group, *parameter),
                           .state = {}});
    }
  }
}

Optimizer::Optimizer(const std::vector<ParameterGroup>& groups,
                     const std::vector<std::string>& state, double initial_state)
    : Optimizer(
          groups, [&](const ParameterGroup&, const Parameter&) { return state; }, initial_state) {}

void Optimizer::MakeState() {
  if (has_state_) return;
  has_state_ = true;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = *parameters_[i];
    for (size_t k = 0; k < settings_[i].state_names.size(); ++k) {
      Tensor tensor = Tensor::Zeros(parameter.spec(), Purpose::kOptimizer,
                                    parameter.value().storage()->allocator());
      if (initial_state_ != 0 && !tensor.dry()) {
        DispatchFloating(tensor.dtype(), [&]<class T>() {
          std::fill_n(tensor.raw<T>(), tensor.num_elements(), static_cast<T>(initial_state_));
        });
      }
      settings_[i].state.push_back(std::move(tensor));
    }
  }
}

void Optimizer::Step(double learning_rate, double gradient_factor) {
  MakeState();
  ++step_count_;
  Tensor scratch;
  if (const int64_t bytes = parameters_.empty() ? 0 : ScratchBytes(); bytes > 0) {
    scratch = Tensor::Empty({DType::kFloat32, {(bytes + 3) / 4}}, Purpose::kWorkspace,
                            parameters_[0]->value().storage()->allocator());
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& parameter = *parameters_[i];
    const Settings& settings = settings_[i];
    if (!parameter.has_gradient() || parameter.value().dry()) continue;
    UpdateParameter({.learning_rate = learning_rate * settings.learning_rate_factor,
                     .gradient_factor = gradient_factor,
                     .weight_decay = settings.weight_decay,
                     .number = step_count_,
                     .scratch = scratch ? scratch.raw_bytes() : nullptr},
                    parameter, settings.state);
  }
}

void Optimizer::VisitState(
    const std::function<void(const std::string& name, Tensor& tensor)>& visit) {
  MakeState();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    for (size_t k = 0; k < settings_[i].state.size(); ++k) {
      visit(parameters_[i]->name() + "." + settings_[i].state_names[k], settings_[i].state[k]);
    }
  }
}

}  // namespace hairpin
