#include "tests/policies/random_graph.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "autograd/gradcheck.h"
#include "autograd/parameter.h"
#include "tests/policies/random_graph_maker.h"

namespace hairpin {
namespace {

Tensor In(Allocator& allocator, const Tensor& tensor, Purpose purpose) {
  Tensor copy = Tensor::Empty(tensor.spec(), purpose, allocator);
  if (!allocator.dry()) copy.CopyFrom(tensor);
  return copy;
}

// Empty for a null or dry tensor.
std::string BytesOf(const Tensor& tensor) {
  if (!tensor || tensor.dry() || tensor.num_elements() == 0) return "";
  return std::string(static_cast<const char*>(tensor.raw_bytes()),
                     static_cast<size_t>(tensor.spec().bytes()));
}

bool Finite(const Tensor& tensor) {
  if (!tensor || tensor.dry() || !IsFloating(tensor.dtype())) return true;
  const std::vector<double> numbers = tensor.ToDoubles();
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

RandomGraph::RandomGraph(uint64_t seed) : seed_(seed) { RandomGraphMaker(*this).Make(); }

RandomGraph::Recorded RandomGraph::Record(Recording& recording) const {
  Recorded recorded;
  recorded.values.resize(num_values_);
  for (const Leaf& leaf : leaves_) {
    const bool is_parameter = leaf.kind == LeafKind::kParameter;
    const Tensor tensor = In(recording.allocator(), leaf.tensor,
                             is_parameter ? Purpose::kParameter : Purpose::kActivation);
    recorded.tensors.push_back(tensor);
    recorded.parameters.push_back(is_parameter ? std::make_unique<Parameter>("weight", tensor)
                                               : nullptr);
    recorded.values[leaf.value] =
        is_parameter                          ? recording.Use(*recorded.parameters.back())
        : leaf.kind == LeafKind::kInput ? recording.Input(tensor)
                                              : recording.Constant(tensor);
  }
  std::vector<std::unique_ptr<Region>> regions;
  for (const Step& step : steps_) {
    for (int i = 0; i < step.regions_closed; ++i) regions.pop_back();
    for (int i = 0; i < step.regions_opened; ++i) {
      regions.push_back(std::make_unique<Region>(recording, "region"));
    }
    std::optional<NoGradient> no_gradient;
    if (step.no_gradient) no_gradient.emplace(recording);
    std::vector<Variable> inputs;
    for (const Argument& argument : step.inputs) {
      inputs.emplace_back();
      if (argument.value < 0) continue;
      Variable& value = recorded.values[argument.value];
      inputs.back() = argument.moved ? std::move(value) : value;
    }
    int next = step.first_output;
    for (Variable& output : step.apply(recording, std::move(inputs))) {
      recorded.values[next++] = std::move(output);
    }
    for (const int value : step.released) recorded.values[value] = Variable();
  }
  while (!regions.empty()) regions.pop_back();
  for (const int value : retained_) recording.RetainGradient(recorded.values[value]);
  return recorded;
}

RandomGraph::Run RandomGraph::RunUnder(const SavedPolicy& policy, Allocator& allocator) const {
  Run run;
  allocator.account().ResetPeaks();
  Recording recording({.seed = seed_, .allocator = &allocator, .policy = &policy});
  Recorded recorded = Record(recording);
  std::set<const Storage*> storages;
  const auto add_storage = [&](const Tensor& tensor) {
    if (tensor && tensor.storage()->purpose() == Purpose::kActivation) {
      storages.insert(tensor.storage());
    }
  };
  for (const Variable& value : recorded.values) {
    if (!value) continue;
    run.outputs.push_back(BytesOf(value.value()));
    run.finite &= Finite(value.value());
  }

  std::vector<Tensor> seeds;
  for (const std::vector<Root>& group : roots_) {
    std::vector<Variable> roots;
    seeds.clear();
    for (const Root& root : group) {
      roots.push_back(recorded.values[root.value]);
      seeds.push_back(
          In(allocator, ProjectionDirection(root.value, root.spec), Purpose::kActivation));
    }
    recording.Backward(roots, seeds);
  }
  seeds.clear();
  run.account = allocator.account();
  run.live_bytes = run.account.live(Purpose::kActivation);
  run.alive_values = recording.num_alive_values();
  run.replays = recording.num_replays();

  const auto add_gradient = [&](const Tensor& gradient) {
    run.gradients.push_back(BytesOf(gradient));
    run.finite &= Finite(gradient);
    add_storage(gradient);
  };
  for (size_t i = 0; i < leaves_.size(); ++i) {
    Variable& leaf = recorded.values[leaves_[i].value];
    const Parameter* parameter = recorded.parameters[i].get();
    if (parameter == nullptr) {
      add_gradient(leaf.gradient());
    } else {
      add_gradient(parameter->has_gradient() ? parameter->gradient() : Tensor());
    }
    add_storage(recorded.tensors[i]);
    leaf = Variable();
  }
  for (const int value : retained_) add_gradient(recorded.values[value].gradient());
  std::set<const Tensor*> held;  // one for each value
  for (const Variable& value : recorded.values) {
    if (!value) continue;
    held.insert(&value.value());
    add_storage(value.value());
  }
  run.held_values = static_cast<int64_t>(held.size());
  for (const Storage* storage : storages) run.held_bytes += storage->bytes();
  return run;
}

DryGraph RandomGraph::ForPlanner(Allocator& dry) const {
  // Parameters live until the graph is recorded anew; tensors are the recording's.
  auto recorded = std::make_shared<Recorded>();
  return {.allocator = dry,
          .record =
              [this, recorded](Recording& recording) {
                *recorded = Record(recording);
                recorded->tensors.clear();
                std::vector<Variable> alive;
                for (const Root& root : roots_[0]) alive.push_back(recorded->values[root.value]);
                for (Variable& value : recorded->values) {
                  if (value) alive.push_back(std::move(value));
                }
                return alive;
              },
          .num_roots = static_cast<int>(roots_[0].size()),
          .options = {.seed = seed_}};
}

std::string RandomGraph::ToString() const {
  std::string text;
  int depth = 0;
  for (const Step& step : steps_) {
    depth += step.regions_opened - step.regions_closed;
    absl::StrAppend(&text, std::string(2 * depth, ' '), step.first_output, " = ", step.name);
    for (const Argument& input : step.inputs) {
      absl::StrAppend(&text, " ", input.value, input.moved ? "!" : "");
    }
    if (step.no_gradient) text += " without gradient";
    for (const int value : step.released) absl::StrAppend(&text, ", release ", value);
    text += "\n";
  }
  for (const int value : retained_) absl::StrAppend(&text, "retain ", value, "\n");
  for (const std::vector<Root>& group : roots_) {
    text += "backward from";
    for (const Root& root : group) absl::StrAppend(&text, " ", root.value);
    text += "\n";
  }
  return text;
}

}  // namespace hairpin
