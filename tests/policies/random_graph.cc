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

RandomGraph::Run RandomGraph::RunUnder(const SavedPolicy& policy, Allocator& allocator) const {
  Run run;
  std::vector<std::unique_ptr<Parameter>> parameters;
  std::vector<Tensor> tensors;  // of leaves
  for (const Leaf& leaf : leaves_) {
    const bool parameter = leaf.kind == LeafKind::kParameter;
    tensors.push_back(
        In(allocator, leaf.tensor, parameter ? Purpose::kParameter : Purpose::kActivation));
    parameters.push_back(parameter ? std::make_unique<Parameter>("weight", tensors.back())
                                   : nullptr);
  }
  std::vector<std::vector<Tensor>> seeds;
  for (const std::vector<Root>& group : roots_) {
    seeds.emplace_back();
    for (const Root& root : group) {
      seeds.back().push_back(
          In(allocator, ProjectionDirection(root.value, root.spec), Purpose::kActivation));
    }
  }

  Recording recording({.seed = seed_, .allocator = &allocator, .policy = &policy});
  allocator.account().ResetPeaks();
  std::vector<Variable> values(num_values_);
  for (size_t i = 0; i < leaves_.size(); ++i) {
    Variable& value = values[leaves_[i].value];
    switch (leaves_[i].kind) {
      case LeafKind::kConstant: value = recording.Constant(tensors[i]); break;
      case LeafKind::kInput: value = recording.Input(tensors[i]); break;
      case LeafKind::kParameter: value = recording.Use(*parameters[i]); break;
    }
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
      if (argument.value < 0) {
        inputs.emplace_back();
      } else if (argument.moved) {
        inputs.push_back(std::move(values[argument.value]));
      } else {
        inputs.push_back(values[argument.value]);
      }
    }
    int next = step.first_output;
    for (Variable& output : step.apply(recording, std::move(inputs))) {
      values[next++] = std::move(output);
    }
    for (const int value : step.released) values[value] = Variable();
  }
  while (!regions.empty()) regions.pop_back();

  std::set<const Tensor*> held;  // one for each value
  std::set<const Storage*> storages;
  const auto add_storage = [&](const Tensor& tensor) {
    if (tensor && tensor.storage()->purpose() == Purpose::kActivation) {
      storages.insert(tensor.storage());
    }
  };
  for (const Variable& value : values) {
    if (!value) continue;
    run.outputs.push_back(BytesOf(value.value()));
    run.finite &= Finite(value.value());
  }
  for (size_t i = 0; i < roots_.size(); ++i) {
    std::vector<Variable> roots;
    for (const Root& root : roots_[i]) roots.push_back(values[root.value]);
    recording.Backward(roots, seeds[i]);
  }
  run.account = allocator.account();
  run.live_bytes = run.account.live(Purpose::kActivation);
  run.alive_values = recording.num_alive_values();
  run.replays = recording.num_replays();
  for (size_t i = 0; i < leaves_.size(); ++i) {
    Variable& leaf = values[leaves_[i].value];
    const Parameter* parameter = parameters[i].get();
    const Tensor gradient = parameter == nullptr         ? leaf.gradient()
                            : parameter->has_gradient() ? parameter->gradient()
                                                         : Tensor();
    run.gradients.push_back(BytesOf(gradient));
    run.finite &= Finite(gradient);
    add_storage(tensors[i]);
    add_storage(gradient);
    leaf = Variable();
  }
  for (const Variable& value : values) {
    if (!value) continue;
    held.insert(&value.value());
    add_storage(value.value());
  }
  for (const std::vector<Tensor>& group : seeds) {
    for (const Tensor& seed : group) add_storage(seed);
  }
  run.held_values = static_cast<int64_t>(held.size());
  for (const Storage* storage : storages) run.held_bytes += storage->bytes();
  return run;
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
  for (const std::vector<Root>& group : roots_) {
    text += "backward from";
    for (const Root& root : group) absl::StrAppend(&text, " ", root.value);
    text += "\n";
  }
  return text;
}

}  // namespace hairpin
