#include "optim/optimizer.h"

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

Optimizer::Optimizer(std::vector<ParameterGroup> groups) {
  for (const ParameterGroup& group : groups) {
    for (Parameter* parameter : group.parameters) {
      parameters_.push_back(parameter);
      weight_decay_.push_back(group.weight_decay);
    }
  }
}

Tensor Optimizer::MakeState(const Parameter& parameter) {
  return Tensor::Zeros(parameter.spec(), Purpose::kOptimizer,
                       parameter.value().storage()->allocator());
}

}  // namespace hairpin
