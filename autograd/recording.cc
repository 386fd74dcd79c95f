#include "autograd/recording.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "tensor/check.h"

namespace hairpin {
namespace {

uint64_t NextRecordingNumber() {
  static std::atomic<uint64_t> number{0};
  return ++number;
}

// For the memory that it takes: a loss or a sum reads much and leaves little, so nothing
// is gained by running it again. GELU has 5 FLOPs a byte, a sum over n floats n / 4.
bool IsCheap(const Cost& cost, const Node& node) {
  constexpr int64_t kMostFlopsPerByte = 16;
  int64_t bytes = 0;
  for (int i = 0; i < node.num_values; ++i) bytes += node.values[i].spec.bytes();
  return cost.cheap && cost.forward_flops / kMostFlopsPerByte <= bytes;
}

}  // namespace

RecordingDefaults& Defaults() {
  static RecordingDefaults defaults;
  return defaults;
}

// --- Life of a recording ----------------------------------------------------

Recording::Recording(const RecordingOptions& options) { Reset(options); }

Recording::~Recording() {
  HAIRPIN_CHECK(handles_ == 0) << "Recording: " << handles_ << " Variables outlive it";
  HAIRPIN_CHECK(open_regions_ == 0) << "Recording: " << open_regions_ << " Regions outlive it";
  DestroyValues();
}

void Recording::Reset(const RecordingOptions& options) {
  HAIRPIN_CHECK(handles_ == 0) << "Recording::Reset: " << handles_ << " Variables outlive it";
  HAIRPIN_CHECK(open_regions_ == 0)
      << "Recording::Reset: " << open_regions_ << " Regions are still open";
  DestroyValues();
  options_ = options;
  number_ = NextRecordingNumber();
  scope_ = "";
  num_regions_ = 0;
  draws_ = 0;
  num_replays_ = replay_flops_ = 0;
}

void Recording::DestroyValues() {
  for (Node* node : nodes_) std::destroy_n(node->values, node->num_values);
  for (Value* value : inputs_) std::destroy_at(value);
  nodes_.clear();
  inputs_.clear();
  arena_.Reset();
}

// --- Recording operations ---------------------------------------------------

Recording::Applied::Applied(Node* node) : node_(node) {
  for (int i = 0; i < node->num_outputs; ++i) ++node->values[i].handles;
  node->values[0].recording->handles_ += node->num_outputs;
}

Recording::Applied::~Applied() {
  for (int i = 0; i < node_->num_outputs; ++i) {
    node_->values[i].recording->ReleaseHandle(&node_->values[i]);
  }
}

Variable Recording::Applied::output(int i) const {
  HAIRPIN_CHECK(i >= 0 && i < node_->num_outputs)
      << node_->op->name() << ": output " << i << " of " << node_->num_outputs;
  return Variable(&node_->values[i]);
}

Recording::Applied Recording::ApplySpan(const Op* op, absl::Span<Variable> inputs) {
  HAIRPIN_CHECK(inputs.size() <= Node::kMaxInputs)
      << op->name() << ": " << inputs.size() << " inputs, at most " << Node::kMaxInputs;
  Node* node = arena_.New<Node>();
  node->op = op;
  node->sequence = num_nodes();
  node->scope = scope_;
  node->region = region_;
  node->num_inputs = static_cast<int>(inputs.size());
  node->inputs = arena_.NewArray<Value*>(inputs.size());
  node->input_versions = arena_.NewArray<uint32_t>(inputs.size());
  bool bounded = false;
  for (int i = 0; i < node->num_inputs; ++i) {
    Value* value = inputs[i].value_;
    HAIRPIN_CHECK(value != nullptr) << op->name() << ": input " << i << " is an empty Variable";
    HAIRPIN_CHECK(value->recording == this)
        << op->name() << ": input " << i << " belongs to another recording";
    HAIRPIN_CHECK(value->tensor) << op->name() << ": input " << i << " has been freed";
    node->inputs[i] = value;
    node->input_versions[i] = value->tensor.storage()->version();
    bounded |= !(value->spec == value->bound);
    if (gradients_enabled() && value->needs_gradient) node->needs |= 1u << i;
  }
  // Only what some stage differentiates counts: ids have no gradient.
  uint32_t differentiable = 0;
  for (const BackwardStage& stage : op->stages()) differentiable |= stage.gradients;
  node->needs &= differentiable;

  TensorSpec* specs = arena_.NewArray<TensorSpec>(2 * inputs.size());
  TensorSpec* bounds = specs + inputs.size();
  for (int i = 0; i < node->num_inputs; ++i) {
    specs[i] = node->inputs[i]->spec;
    bounds[i] = node->inputs[i]->bound;
  }
  const OutputSpecs outputs = op->InferOutputs({specs, inputs.size()});
  node->num_outputs = outputs.num_outputs;
  node->num_values = outputs.num_outputs + outputs.num_extras;
  node->values = arena_.NewArray<Value>(node->num_values);
  nodes_.push_back(node);
  for (int i = 0; i < node->num_values; ++i) {
    Value& value = node->values[i];
    value.recording = this;
    value.node = node;
    value.output = i;
    value.spec = value.bound = outputs.specs[i];
    value.needs_gradient =
        node->needs != 0 && i < node->num_outputs && IsFloating(value.spec.dtype);
  }
  if (bounded) {
    const OutputSpecs upper = op->InferOutputs({bounds, inputs.size()});
    for (int i = 0; i < node->num_values; ++i) node->values[i].bound = upper.specs[i];
  }

  MarkRead(node, op->is_view() || IsCheap(op->cost({specs, inputs.size()}), *node));
  MakeOutputs(node, op->overwrites());
  for (Variable& input : inputs) input = Variable();
  // Extras have no Variable, and nobody reads those that backward doesn't.
  for (int i = node->num_outputs; i < node->num_values; ++i) FreeIfUnused(&node->values[i]);
  return Applied(node);
}

// Who reads what: the values' counts of saves and readers, and what policies want
// to know of them.
void Recording::MarkRead(Node* node, bool cheap) {
  uint32_t saved_inputs = 0;
  for (const BackwardStage& stage : node->op->stages()) {
    if (!node->RunsStage(stage)) continue;
    ForEachSaved(*node, stage, [](Value& value) { ++value.saves; });
    saved_inputs |= stage.inputs;
  }
  // A value is held for what backward makes again; without gradients that is nothing.
  node->passed = !gradients_enabled();
  // From an input that backward reads here, it can be made again at any time
  // before that.
  for (int i = 0; i < node->num_inputs; ++i) {
    Value& input = *node->inputs[i];
    if (!node->passed) ++input.readers;
    if ((input.input() ? 0 : input.node->region) != node->region) input.crosses = true;
    cheap = cheap && (input.input() || input.cheap || (saved_inputs >> i & 1));
  }
  for (int i = 0; i < node->num_values; ++i) node->values[i].cheap = cheap;
}

void Recording::MakeOutputs(Node* node, int overwritten_input) {
  Tensor outputs[OutputSpecs::kMax];
  if (node->op->is_view()) {
    Value& view = node->values[0];
    view.tensor = node->inputs[0]->tensor.Reshape(view.spec.shape);
    view.version = view.tensor.storage()->version();
    return;
  }
  const OperationRun run = RunOf(*node, RunPhase::kForward);
  if (options_.observer != nullptr) options_.observer->Begin(run);
  for (int i = 0; i < node->num_values; ++i) {
    Value& value = node->values[i];
    if (i == 0 && overwritten_input >= 0 && overwritten_input < node->num_inputs) {
      // The caller moved its last Variable in, backward doesn't read the value, the
      // policy makes nothing again from it, and no view shares its memory: the output
      // may take it over.
      Value& input = *node->inputs[overwritten_input];
      if (!input.input() && input.handles == 1 && input.saves == 0 && !IsHeld(input) &&
          input.spec == value.spec && input.bound == value.bound &&
          input.tensor.storage()->unique()) {
        value.tensor = input.tensor;
        value.version = value.tensor.storage()->version();
        outputs[0] = value.tensor;
        continue;
      }
    }
    value.tensor =
        Tensor::Empty(value.spec, Purpose::kActivation, allocator(), value.bound.bytes());
    outputs[i] = value.tensor;
  }
  RunForward(node, absl::MakeConstSpan(outputs, node->num_values));
  if (options_.observer == nullptr) return;
  options_.observer->Results(run, absl::MakeConstSpan(outputs, node->num_values));
  options_.observer->End(run);
}

void Recording::RunForward(Node* node, absl::Span<const Tensor> outputs) {
  const Tensor** inputs = arena_.NewArray<const Tensor*>(node->num_inputs);
  TensorSpec* bounds = arena_.NewArray<TensorSpec>(node->num_inputs);
  for (int i = 0; i < node->num_inputs; ++i) {
    inputs[i] = &node->inputs[i]->tensor;
    bounds[i] = node->inputs[i]->bound;
  }
  const int64_t bytes =
      node->op->ForwardWorkspaceBytes({bounds, static_cast<size_t>(node->num_inputs)});
  Tensor workspace;
  if (bytes > 0) {
    workspace =
        Tensor::Empty({DType::kInt32, Shape()}, Purpose::kWorkspace, allocator(), bytes);
  }
  if (dry()) return;
  node->op->Forward(ForwardArgs({inputs, static_cast<size_t>(node->num_inputs)}, outputs,
                                workspace ? workspace.raw_bytes() : nullptr));
}

}  // namespace hairpin
