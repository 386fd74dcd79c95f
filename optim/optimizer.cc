#include "optim/optimizer.h"

#include <algorithm>

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

Optimizer::Optimizer(std::vector<ParameterGroup> groups, std::vector<std::string> state,
                     double initial_state)
    : state_names_(std::move(state)), initial_state_(initial_state) {
  for (const ParameterGroup& group : groups) {
    for (Parameter* parameter : group.parameters) {
      parameters_.push_back(parameter);
      weight_decay_.push_back(group.weight_decay);
    }
  }
}

void Optimizer::MakeState() {
  if (!state_.empty()) return;
  for (const Parameter* parameter : parameters_) {
    for (size_t k = 0; k < state_names_.size(); ++k) {
      state_.push_back(Tensor::Zeros(parameter->spec(), Purpose::kOptimizer,
                                     parameter->value().storage()->allocator()));
      Tensor& tensor = state_.back();
      if (initial_state_ == 0 || tensor.dry()) continue;
      DispatchFloating(tensor.dtype(), [&]<class T>() {
        std::fill_n(tensor.raw<T>(), tensor.num_elements(), static_cast<T>(initial_state_));
      });
    }
  }
}

void Optimizer::Step(double learning_rate, double gradient_factor) {
  MakeState();
  ++step_count_;
  const size_t states = state_names_.size();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Parameter& parameter = *parameters_[i];
    if (!parameter.has_gradient() || parameter.value().dry()) continue;
    UpdateParameter({.learning_rate = learning_rate,
                     .gradient_factor = gradient_factor,
                     .weight_decay = weight_decay_[i],
                     .number = step_count_},
                    parameter, absl::MakeConstSpan(state_).subspan(i * states, states));
  }
}

void Optimizer::VisitState(
    const std::function<void(const std::string& name, Tensor& tensor)>& visit) {
  MakeState();
  for (size_t i = 0; i < state_.size(); ++i) {
    const size_t parameter = i / state_names_.size(), name = i % state_names_.size();
    visit(parameters_[parameter]->name() + "." + state_names_[name], state_[i]);
  }
}

}  // namespace hairpin
