#include "autograd/graph_view.h"

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {

ValueView Recording::View(const Value& value) const {
  ValueView view;
  view.node = value.input() ? -1 : value.node->sequence;
  view.output = value.output;
  view.spec = value.spec;
  view.bound = value.bound;
  view.parameter = value.parameter;
  view.tensor = value.tensor;
  view.requires_gradient = value.needs_gradient;
  view.saves = value.saves;
  view.cheap = value.cheap;
  view.crosses = value.crosses;
  view.kept = value.input() || options_.policy->Decide(Released(value)) != Fate::kDrop;
  return view;
}

NodeView Recording::node(int64_t number) const {
  HAIRPIN_CHECK(number >= 0 && number < num_nodes())
      << "Recording: found node " << number << ", expected 0 to " << num_nodes() - 1;
  const Node& node = *nodes_[number];
  NodeView view;
  view.number = number;
  view.op = node.op;
  view.scope = node.scope;
  std::vector<TensorSpec> specs;
  for (int i = 0; i < node.num_inputs; ++i) {
    view.inputs.push_back(View(*node.inputs[i]));
    specs.push_back(node.inputs[i]->spec);
  }
  for (int i = 0; i < node.num_values; ++i) {
    view.outputs.push_back(View(node.values[i]));
  }
  view.region = node.region;
  view.replays = node.replays;
  view.num_extras = node.num_values - node.num_outputs;
  view.cost = node.op->cost(specs);
  return view;
}

int64_t Recording::num_alive_values() const {
  int64_t count = 0;
  for (const Node* node : nodes_) {
    for (int i = 0; i < node->num_values; ++i) count += node->values[i].tensor ? 1 : 0;
  }
  return count;
}

}  // namespace hairpin
