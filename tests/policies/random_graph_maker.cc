#include "tests/policies/random_graph_maker.h"

#include <algorithm>
#include <functional>

#include "ops/add.h"
#include "ops/dropout.h"
#include "ops/gelu.h"
#include "ops/layer_norm.h"
#include "ops/linear.h"
#include "ops/max.h"
#include "ops/mse.h"
#include "ops/mul.h"
#include "ops/registry.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/rms_norm.h"
#include "ops/scale.h"
#include "ops/softmax.h"
#include "ops/sub.h"
#include "ops/tanh.h"

namespace hairpin {
namespace {

using Inputs = std::vector<Variable>;

// Operations that are defined for some numbers only get leaves with such numbers.
bool Choosy(const std::string& name) {
  static const char* const kChoosy[] = {"div", "exp", "log", "pow", "sqrt"};
  return std::find(std::begin(kChoosy), std::end(kChoosy), name) != std::end(kChoosy);
}

// Functions of one value, and of two of one shape, that they may overwrite.
struct Unary {
  const char* name;
  Variable (*apply)(Variable x);
};
constexpr Unary kUnary[] = {
    {"gelu", [](Variable x) { return Gelu(std::move(x)); }},
    {"relu", [](Variable x) { return Relu(std::move(x)); }},
    {"tanh", [](Variable x) { return Tanh(std::move(x)); }},
    {"scale", [](Variable x) { return Scale(std::move(x), 0.75); }},
    {"dropout", [](Variable x) { return Dropout(std::move(x), 0.3); }},
    {"softmax", [](Variable x) { return Softmax(std::move(x)); }},
    {"flatten", [](Variable x) {
       const int64_t n = x.shape().num_elements();
       return Reshape(std::move(x), {n});
     }},
    {"max", [](Variable x) { return Max(std::move(x), {-1}, /*keepdim=*/true); }},
};
struct Binary {
  const char* name;
  Variable (*apply)(Variable a, Variable b);
};
constexpr Binary kBinary[] = {
    {"add", [](Variable a, Variable b) { return Add(std::move(a), std::move(b)); }},
    {"sub", [](Variable a, Variable b) { return Sub(std::move(a), std::move(b)); }},
    {"mul", [](Variable a, Variable b) { return Mul(std::move(a), std::move(b)); }},
    {"mse", [](Variable a, Variable b) { return Mse(std::move(a), std::move(b)); }},
};

}  // namespace

RandomGraphMaker::RandomGraphMaker(RandomGraph& graph)
    : graph_(graph),
      philox_(DeriveKey(graph.seed_, Stream::kTest)),
      dtype_(graph.seed_ % 2 == 1 ? DType::kFloat32 : DType::kFloat64),
      recording_({.seed = graph.seed_, .allocator = &dry_, .policy = &KeepAll()}) {}

void RandomGraphMaker::Make() {
  const int steps = 4 + static_cast<int>(Below(32));
  const bool halves = Percent(30);
  for (int i = 0; i < steps; ++i) {
    if (halves) half_ = static_cast<int>(Below(2));
    if (Percent(40)) {
      AddSample();
    } else {
      AddAnywhere();
    }
  }
  // What nothing reads is a root, and some of the others.
  graph_.roots_.resize(2);
  for (size_t i = 0; i < values_.size(); ++i) {
    const Value& value = values_[i];
    if (value.leaf || !value.alive() || !value.variable.requires_gradient()) continue;
    if (Percent(15)) graph_.retained_.push_back(static_cast<int>(i));
    if (value.read && Percent(70)) continue;
    graph_.roots_[value.half].push_back({static_cast<int>(i), value.variable.spec()});
  }
  std::erase_if(graph_.roots_, [](const auto& group) { return group.empty(); });
  graph_.num_values_ = static_cast<int>(values_.size());
  values_.clear();
}

template <class Accepts>
int RandomGraphMaker::Find(const Accepts& accepts) {
  int found = -1;
  for (size_t i = 0; i < values_.size(); ++i) {
    const Value& value = values_[i];
    if (!value.alive() || (value.half != half_ && !value.leaf)) continue;
    if (accepts(value) && (found < 0 || Percent(50))) found = static_cast<int>(i);
  }
  return found;
}

int RandomGraphMaker::Leaf(const Tensor& sample) {
  const Tensor tensor = IsFloating(sample.dtype()) ? sample.Cast(dtype_) : sample;
  if (IsFloating(tensor.dtype()) && Percent(50)) {
    const int there = Find([&](const Value& value) {
      return value.leaf && value.variable.spec() == tensor.spec();
    });
    if (there >= 0) return there;
  }
  const int number = static_cast<int>(values_.size());
  const Tensor dry = Tensor::Empty(tensor.spec(), Purpose::kActivation, dry_);
  const bool constant = !IsFloating(tensor.dtype()) || Percent(25);
  graph_.leaves_.push_back({number,
                            constant       ? RandomGraph::LeafKind::kConstant
                            : Percent(50) ? RandomGraph::LeafKind::kInput
                                           : RandomGraph::LeafKind::kParameter,
                            tensor});
  values_.push_back({.variable = constant ? recording_.Constant(dry) : recording_.Input(dry),
                     .leaf = true});
  return number;
}

void RandomGraphMaker::AddSample() {
  const std::vector<OpDefinition>& operations = Operations();
  const OpDefinition* operation = nullptr;
  const OpSample* sample = nullptr;
  std::vector<int> inputs;
  // Of a few, the first that reads something that was made before.
  for (int attempt = 0; attempt < 12; ++attempt) {
    operation = &operations[Below(operations.size())];
    sample = &operation->samples[Below(operation->samples.size())];
    inputs.clear();
    bool reads = false;
    for (const Tensor& tensor : sample->inputs) {
      inputs.push_back(-1);
      if (!tensor || !IsFloating(tensor.dtype()) || Choosy(operation->name)) continue;
      inputs.back() = Find([&](const Value& value) {
        return !value.leaf && value.variable.spec() == TensorSpec{dtype_, tensor.shape()};
      });
      reads |= inputs.back() >= 0;
    }
    if (reads) break;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] < 0 && sample->inputs[i]) inputs[i] = Leaf(sample->inputs[i]);
  }
  Add(operation->name + " (" + sample->name + ")",
      [operation, sample](Recording& recording, Inputs x) {
        return operation->apply(recording, sample->attributes, x);
      },
      inputs);
}

void RandomGraphMaker::AddAnywhere() {
  const int x = Find([&](const Value& value) {
    const TensorSpec& spec = value.variable.spec();
    return IsFloating(spec.dtype) && spec.shape.rank() > 0 && spec.shape.num_elements() > 0;
  });
  if (x < 0) return AddSample();
  const int64_t channels = SpecOf(x).shape[-1];
  switch (Below(6)) {
    case 0: {
      const int64_t out = Percent(50) ? channels : 1 + Below(6);
      Add("linear", [](Recording&, Inputs i) -> Inputs {
        return {Linear(std::move(i[0]), std::move(i[1]), std::move(i[2]))};
      }, {x, Weight({out, channels}, 1), Percent(50) ? Weight({out}, 2) : -1});
      return;
    }
    case 1:
      Add("layer_norm", [](Recording&, Inputs i) -> Inputs {
        return {LayerNorm(std::move(i[0]), std::move(i[1]), std::move(i[2]))};
      }, {x, Weight({channels}, 1), Weight({channels}, 2)});
      return;
    case 2:
      Add("rms_norm", [](Recording&, Inputs i) -> Inputs {
        return {RmsNorm(std::move(i[0]), std::move(i[1]))};
      }, {x, Weight({channels}, 1)});
      return;
    case 3: {
      const Binary& binary = kBinary[Below(std::size(kBinary))];
      const TensorSpec spec = SpecOf(x);
      const int y = Find([&](const Value& value) { return value.variable.spec() == spec; });
      Add(binary.name, [&binary](Recording&, Inputs i) -> Inputs {
        return {binary.apply(std::move(i[0]), std::move(i[1]))};
      }, {x, y});
      return;
    }
    default: {
      const Unary& unary = kUnary[Below(std::size(kUnary))];
      Add(unary.name, [&unary](Recording&, Inputs i) -> Inputs {
        return {unary.apply(std::move(i[0]))};
      }, {x});
    }
  }
}

void RandomGraphMaker::Add(std::string name, std::function<Inputs(Recording&, Inputs)> apply,
                           const std::vector<int>& inputs) {
  Step step = {.name = std::move(name), .apply = std::move(apply)};
  step.no_gradient = Percent(8);
  while (regions_ > 0 && Percent(25)) --regions_, ++step.regions_closed;
  while (regions_ < 3 && Percent(20)) ++regions_, ++step.regions_opened;
  bool differentiable = false;
  Inputs variables;
  for (const int input : inputs) {
    variables.push_back(input < 0 ? Variable() : values_[input].variable);
    differentiable |= input >= 0 && values_[input].variable.requires_gradient();
  }
  differentiable &= !step.no_gradient;
  {
    std::optional<NoGradient> no_gradient;
    if (step.no_gradient) no_gradient.emplace(recording_);
    variables = step.apply(recording_, std::move(variables));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    RandomGraph::Argument argument = {.value = inputs[i]};
    if (inputs[i] >= 0) {
      Value& value = values_[inputs[i]];
      value.read |= differentiable && value.variable.requires_gradient();
      const bool again = std::count(inputs.begin() + i + 1, inputs.end(), inputs[i]) > 0;
      const bool needed = value.variable && value.variable.requires_gradient() && !value.read;
      argument.moved = !value.leaf && !again && !needed && Percent(50);
    }
    step.inputs.push_back(argument);
  }
  for (const RandomGraph::Argument& argument : step.inputs) {
    if (argument.moved) values_[argument.value].variable = Variable();
  }
  step.first_output = static_cast<int>(values_.size());
  for (Variable& output : variables) {
    values_.push_back({.variable = std::move(output), .half = half_});
  }
  for (size_t i = 0; i < values_.size(); ++i) {
    Value& value = values_[i];
    if (!value.alive() || value.leaf || !Percent(15)) continue;
    if (value.variable.requires_gradient() && !value.read) continue;
    value.variable = Variable();
    step.released.push_back(static_cast<int>(i));
  }
  graph_.steps_.push_back(std::move(step));
}

}  // namespace hairpin
