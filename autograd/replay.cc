// When a value's tensor goes, and the turn of the road: values that a policy
// dropped are made again. The rule: a dropped value is recomputed at its first
// need and stays until its last use in backward; what only the replay itself
// needed goes when it is done.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

// `reader` is about to read `value`, which it read before when the storage had
// `version`.
void CheckUnchanged(const Value& value, uint32_t version, const Node& reader) {
  const uint32_t found = value.tensor.storage()->version();
  HAIRPIN_CHECK(found == version)
      << reader.op->name() << " (node " << reader.sequence << "): a value of shape "
      << value.spec.shape << " was changed after it was saved for backward (version " << found
      << ", saved at version " << version << ")"
      << (value.parameter != nullptr ? "; it is parameter " + value.parameter->name() : "");
}

}  // namespace

void Recording::ReleaseHandle(Value* value) {
  --handles_;
  if (--value->handles == 0) FreeIfUnused(value);
}

ReleasedValue Recording::Released(const Value& value) {
  return {.op = *value.node->op,
          .node = value.node->sequence,
          .output = value.output,
          .saved = value.saves > 0,
          .cheap = value.cheap,
          .in_region = value.node->region != 0,
          .crosses = value.crosses};
}

bool Recording::IsHeld(const Value& value) const {
  return value.readers > 0 && options_.policy->Decide(Released(value)) == Fate::kHold;
}

void Recording::FreeIfUnused(Value* value) {
  if (value->handles > 0) return;
  // Inputs stay: a replay may start from them, a parameter may be used again,
  // and nothing can make them again.
  if (value->input()) return;
  // Without a backward to come nothing is made again.
  if (!options_.gradients) {
    value->tensor = Tensor();
    return;
  }
  const bool saved = value->saves > 0;
  switch (options_.policy->Decide(Released(*value))) {
    case Fate::kDrop: break;
    case Fate::kKeep:
      if (saved) return;
      break;
    case Fate::kHold:
      if (saved || value->readers > 0) return;
      break;
  }
  value->tensor = Tensor();
}

const Tensor& Recording::Fetch(Value* value, uint32_t version, const Node& reader) {
  if (!value->tensor) Replay(value);
  CheckUnchanged(*value, version, reader);
  return value->tensor;
}

// Depth first with a stack of its own: a chain of 100,000 dropped values must
// not recurse. A node is run when all its inputs are there.
void Recording::Replay(Value* value) {
  replay_stack_.clear();
  replayed_.clear();
  replay_stack_.push_back(value->node);
  while (!replay_stack_.empty()) {
    Node* node = replay_stack_.back();
    const size_t depth = replay_stack_.size();
    for (int i = 0; i < node->num_inputs; ++i) {
      if (!node->inputs[i]->tensor) replay_stack_.push_back(node->inputs[i]->node);
    }
    if (replay_stack_.size() > depth) continue;
    replay_stack_.pop_back();
    ReplayNode(node);
  }
  for (Value* made : replayed_) {
    if (made != value && made->handles == 0 && made->saves == 0) made->tensor = Tensor();
  }
}

void Recording::ReplayNode(Node* node) {
  bool missing = false;
  for (int i = 0; i < node->num_values; ++i) missing |= !node->values[i].tensor;
  // Two readers of one value may both have asked for its node.
  if (!missing) return;
  if (!node->op->is_view()) {
    ++num_replays_;
    ++node->replays;
    TensorSpec specs[Node::kMaxInputs];
    for (int i = 0; i < node->num_inputs; ++i) specs[i] = node->inputs[i]->spec;
    replay_flops_ += node->op->cost({specs, static_cast<size_t>(node->num_inputs)}).forward_flops;
  }
  for (int i = 0; i < node->num_inputs; ++i) {
    CheckUnchanged(*node->inputs[i], node->input_versions[i], *node);
  }
  const OperationRun run = RunOf(*node, RunPhase::kReplay);
  Observer* const observer = node->op->is_view() ? nullptr : options_.observer;
  if (observer != nullptr) observer->Begin(run);
  Tensor outputs[OutputSpecs::kMax];
  for (int i = 0; i < node->num_values; ++i) {
    Value& value = node->values[i];
    if (node->op->is_view()) {
      outputs[i] = node->inputs[0]->tensor.Reshape(value.spec.shape);
    } else {
      outputs[i] =
          Tensor::Empty(value.spec, Purpose::kActivation, allocator(), value.bound.bytes());
    }
  }
  if (!node->op->is_view()) {
    RunForward(node, absl::MakeConstSpan(outputs, node->num_values));
  }
  if (observer != nullptr) observer->Results(run, absl::MakeConstSpan(outputs, node->num_values));
  for (int i = 0; i < node->num_values; ++i) {
    Value& value = node->values[i];
    // A value that is still there keeps its tensor: somebody may hold it.
    if (value.tensor) continue;
    value.tensor = outputs[i];
    // A view's storage has it already: its input was just checked.
    if (!node->op->is_view()) value.tensor.storage()->RestoreVersion(value.version);
    replayed_.push_back(&value);
  }
  std::fill_n(outputs, node->num_values, Tensor());
  if (observer != nullptr) observer->End(run);
}

}  // namespace hairpin
