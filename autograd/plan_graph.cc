#include "autograd/plan_graph.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace hairpin {

PlanGraph::PlanGraph(const Recording& recording) {
  for (int64_t number = 0; number < recording.num_nodes(); ++number) {
    const NodeView view = recording.node(number);
    Node node;
    node.view = view.op->is_view();
    node.flops = static_cast<double>(view.cost.forward_flops);
    node.in_region = view.region != 0;
    for (const ValueView& output : view.outputs) {
      node.outputs.push_back({.bytes = output.bound.bytes(), .saved = output.saves > 0});
      node.cheap = output.cheap;
      node.crosses |= output.crosses;
    }
    for (const ValueView& input : view.inputs) {
      int made_by = static_cast<int>(input.node), output = input.output;
      if (made_by >= 0 && nodes_[made_by].view) {
        output = nodes_[made_by].base_output;
        made_by = nodes_[made_by].base;
      }
      if (node.view) {
        node.base = made_by;
        node.base_output = output;
        if (made_by >= 0) nodes_[made_by].outputs[output].saved |= node.outputs[0].saved;
      } else if (made_by >= 0) {
        nodes_[made_by].outputs[output].readers.push_back(static_cast<int>(number));
        node.inputs.push_back(made_by);
      }
    }
    nodes_.push_back(std::move(node));
  }
  for (Node& node : nodes_) {
    if (node.view) continue;
    for (const Output& output : node.outputs) node.saved_bytes += output.saved ? output.bytes : 0;
    node.closure = node.flops;
    for (const int input : node.inputs) {
      if (!Counts(input)) node.closure += nodes_[input].closure;
    }
  }
  FindJoints();
}

void PlanGraph::FindJoints() {
  // Each value is read across all places from its maker to its last reader.
  std::vector<int64_t> change(nodes_.size() + 1, 0);
  for (int n = 0; n < num_nodes(); ++n) {
    for (const Output& output : nodes_[n].outputs) {
      if (output.readers.empty()) continue;
      change[n] += output.bytes;
      change[output.readers.back()] -= output.bytes;
    }
  }
  int64_t bytes = 0;
  for (int p = 0; p < num_nodes(); ++p) {
    bytes += change[p];
    crossing_.push_back(bytes);
  }
  for (int p = 1; p + 1 < num_nodes(); ++p) {
    if (crossing_[p] > 0 && crossing_[p] <= crossing_[p - 1] && crossing_[p] <= crossing_[p + 1]) {
      joints_.push_back(p);
    }
  }
}

PlanGraph::Kept PlanGraph::LikeCheap() const {
  Kept kept(nodes_.size());
  for (int n = 0; n < num_nodes(); ++n) kept[n] = !nodes_[n].cheap;
  return kept;
}

PlanGraph::Kept PlanGraph::LikeSegments() const {
  Kept kept(nodes_.size());
  for (int n = 0; n < num_nodes(); ++n) kept[n] = nodes_[n].crosses || !nodes_[n].in_region;
  return kept;
}

std::vector<int> PlanGraph::DropOrder() const {
  std::vector<int> order;
  for (int n = 0; n < num_nodes(); ++n) {
    if (Counts(n)) order.push_back(n);
  }
  const auto worth = [&](int n) {
    return static_cast<double>(nodes_[n].saved_bytes) / (1 + nodes_[n].closure);
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return worth(a) > worth(b); });
  return order;
}

PlanGraph::Kept PlanGraph::CutAt(int cuts) const {
  std::vector<double> before(nodes_.size());  // bytes saved by nodes up to this one
  double total = 0;
  for (int n = 0; n < num_nodes(); ++n) {
    before[n] = total += static_cast<double>(nodes_[n].saved_bytes);
  }
  std::vector<bool> cut(nodes_.size(), false);
  for (int c = 1; c <= cuts && !joints_.empty(); ++c) {
    const double wanted = total * c / (cuts + 1);
    cut[*std::min_element(joints_.begin(), joints_.end(), [&](int a, int b) {
      return std::abs(before[a] - wanted) < std::abs(before[b] - wanted);
    })] = true;
  }
  std::vector<int> cuts_before(nodes_.size() + 1, 0);  // places below n that are cut
  for (int n = 0; n < num_nodes(); ++n) cuts_before[n + 1] = cuts_before[n] + (cut[n] ? 1 : 0);
  Kept kept(nodes_.size(), false);
  for (int n = 0; n < num_nodes(); ++n) {
    for (const Output& output : nodes_[n].outputs) {
      if (!output.readers.empty() && cuts_before[output.readers.back()] > cuts_before[n]) {
        kept[n] = true;
      }
    }
  }
  return kept;
}

Plan PlanGraph::Fates(const Kept& kept) const {
  // From the end: a node runs again if a value that it made is dropped, and backward
  // reads it or a node that runs again does.
  std::vector<bool> again(nodes_.size(), false);
  const auto needed_again = [&](const Output& output) {
    return std::any_of(output.readers.begin(), output.readers.end(),
                       [&](int reader) { return again[reader]; });
  };
  for (int n = num_nodes() - 1; n >= 0; --n) {
    if (nodes_[n].view || kept[n]) continue;
    for (const Output& output : nodes_[n].outputs) {
      if (output.saved || needed_again(output)) again[n] = true;
    }
  }
  Plan plan;
  for (int n = 0; n < num_nodes(); ++n) {
    plan.first.push_back(static_cast<int32_t>(plan.fates.size()));
    const Node& node = nodes_[n];
    if (node.view) {
      // As its base; one of an input of the graph costs nothing.
      plan.fates.push_back(node.base < 0 ? Fate::kKeep
                                         : plan.fates[plan.first[node.base] + node.base_output]);
      continue;
    }
    for (const Output& output : node.outputs) {
      plan.fates.push_back(!kept[n] ? Fate::kDrop
                           : needed_again(output) ? Fate::kHold
                                                  : Fate::kKeep);
    }
  }
  return plan;
}

}  // namespace hairpin
