#include "nn/module.h"

namespace hairpin::nn {

ModuleContext ModuleContext::Child(const std::string& name) const {
  ModuleContext child = *this;
  child.prefix += name + ".";
  return child;
}

Parameter& Module::AddParameter(const ModuleContext& context, const std::string& name,
                                const Shape& shape, const Initializer& initializer) {
  Tensor value =
      Tensor::Empty({context.dtype, shape}, Purpose::kParameter, *context.allocator);
  const uint32_t ordinal = (*context.ordinal)++;
  if (!context.allocator->dry()) initializer(context.seed, ordinal, &value);
  members_.push_back(
      {.parameter = std::make_unique<Parameter>(context.prefix + name, std::move(value))});
  return *members_.back().parameter;
}

Tensor& Module::AddBuffer(const ModuleContext& context, const std::string& name,
                          const Shape& shape, double value) {
  Tensor tensor = Tensor::Empty({context.dtype, shape}, Purpose::kParameter, *context.allocator);
  if (!context.allocator->dry()) ConstantInitializer(value)(0, 0, &tensor);
  members_.push_back(
      {.buffer = std::make_unique<Buffer>(Buffer{context.prefix + name, std::move(tensor)})});
  return members_.back().buffer->tensor;
}

void Module::AddAlias(const ModuleContext& context, const std::string& name,
                      Parameter& parameter) {
  aliases_.push_back({context.prefix + name, &parameter});
}

void Module::CollectAliases(std::vector<Alias>* aliases) const {
  aliases->insert(aliases->end(), aliases_.begin(), aliases_.end());
  for (const Member& member : members_) {
    if (member.child) member.child->CollectAliases(aliases);
  }
}

void Module::Visit(const std::vector<Alias>& aliases,
                   const std::function<void(const ParameterVisit&)>& visit) {
  for (Member& member : members_) {
    if (member.child) {
      member.child->Visit(aliases, visit);
      continue;
    }
    if (!member.parameter) continue;
    std::vector<std::string> names;
    for (const Alias& alias : aliases) {
      if (alias.parameter == member.parameter.get()) names.push_back(alias.name);
    }
    visit({*member.parameter, names});
  }
}

void Module::VisitParameters(const std::function<void(const ParameterVisit&)>& visit) {
  std::vector<Alias> aliases;
  CollectAliases(&aliases);
  Visit(aliases, visit);
}

void Module::VisitBuffers(
    const std::function<void(const std::string& name, Tensor& buffer)>& visit) {
  for (Member& member : members_) {
    if (member.child) member.child->VisitBuffers(visit);
    if (member.buffer) visit(member.buffer->name, member.buffer->tensor);
  }
}

int64_t Module::CountParameters() {
  int64_t count = 0;
  VisitParameters([&](const ParameterVisit& visit) {
    count += visit.parameter.spec().shape.num_elements();
  });
  return count;
}

void Module::ClearGradients() {
  // By hand, without the visitor's strings: this runs in every step.
  for (Member& member : members_) {
    if (member.child) {
      member.child->ClearGradients();
    } else if (member.parameter) {
      member.parameter->ClearGradient();
    }
  }
}

}  // namespace hairpin::nn
