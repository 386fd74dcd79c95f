// The way back: nodes in falling order of sequence, stage by stage.
//
// Of the operations, it needs only two things: ones to begin with, and adding
// (with the sum over broadcast axes that undoes a broadcast).
#include <algorithm>
#include <utility>

#include "autograd/backward_pass.h"
#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {

void BackwardPass::Run(absl::Span<const Variable> roots, absl::Span<const Tensor> seeds) {
  int64_t last = -1;
  for (size_t i = 0; i < roots.size(); ++i) {
    Value* value = roots[i].value_;
    HAIRPIN_CHECK(value->recording == &recording_)
        << "Backward: root " << i << " belongs to another recording";
    HAIRPIN_CHECK(value->needs_gradient)
        << "Backward: the root of shape " << value->spec.shape
        << " depends on nothing that requires a gradient";
    AddToGradient(value, seeds[i]);
    if (value->node != nullptr) last = std::max(last, value->node->sequence);
  }
  for (int64_t sequence = recording_.num_nodes() - 1; sequence >= 0; --sequence) {
    Node* node = recording_.nodes_[sequence];
    // What was recorded after the roots waits for a backward of its own, if it needs one.
    if (sequence > last && (node->needs != 0 || IsRead(*node))) continue;
    if (node->needs != 0 && HasUpstream(*node)) Differentiate(node);
    Pass(node);
  }
}

bool BackwardPass::IsRead(const Node& node) {
  for (int i = 0; i < node.num_values; ++i) {
    if (node.values[i].saves > 0 || node.values[i].readers > 0) return true;
  }
  return false;
}

bool BackwardPass::HasUpstream(const Node& node) {
  for (int i = 0; i < node.num_outputs; ++i) {
    if (node.values[i].reached) return true;
  }
  return false;
}

// Nothing that backward still does asks for the node's outputs, so it runs no more.
void BackwardPass::Pass(Node* node) {
  if (node->passed) return;
  node->passed = true;
  for (int i = 0; i < node->num_inputs; ++i) {
    Value* input = node->inputs[i];
    if (--input->readers == 0 && input->saves == 0) recording_.FreeIfUnused(input);
  }
}

void BackwardPass::Differentiate(Node* node) {
  HAIRPIN_CHECK(!node->differentiated)
      << node->op->name() << ": backward a second time through an operation (node "
      << node->sequence << "); what it had saved is freed";
  node->differentiated = true;
  Tensor upstream[OutputSpecs::kMax];
  for (int i = 0; i < node->num_outputs; ++i) {
    Value& output = node->values[i];
    if (output.reached) upstream[i] = output.gradient;
    output.reached = false;
    if (!output.retains_gradient) output.gradient = Tensor();
  }
  const Stages stages = node->op->stages();
  int last_stage = -1;
  for (int s = 0; s < static_cast<int>(stages.size()); ++s) {
    if (node->RunsStage(stages[s])) last_stage = s;
  }
  for (int s = 0; s <= last_stage; ++s) {
    if (!node->RunsStage(stages[s])) continue;
    RunStage(node, s, upstream, s == last_stage);
  }
}

void BackwardPass::RunStage(Node* node, int s, Tensor* upstream, bool last) {
  const BackwardStage& stage = node->op->stages()[s];
  const uint32_t wanted = stage.gradients & node->needs;
  const uint32_t passed = wanted & stage.passes;
  const OperationRun run = recording_.RunOf(*node, RunPhase::kBackward, s, wanted);
  Observer* const observer = recording_.options_.observer;
  if (observer != nullptr) observer->Begin(run);
  if ((wanted & ~passed) != 0) Compute(node, run, wanted & ~passed, upstream, last);
  for (int i = 0; i < node->num_inputs; ++i) {
    if (passed >> i & 1) HandOn(*node, i, upstream[0], stage.broadcasts >> i & 1);
  }
  ForEachSaved(*node, stage, [&](Value& value) {
    if (--value.saves == 0) recording_.FreeIfUnused(&value);
  });
  if (last) std::fill_n(upstream, node->num_outputs, Tensor());
  if (observer != nullptr) observer->End(run);
}

// Runs Op::Backward for the inputs in `computed`.
void BackwardPass::Compute(Node* node, const OperationRun& run, uint32_t computed,
                           Tensor* upstream, bool last) {
  const int s = run.stage;
  const BackwardStage& stage = node->op->stages()[s];
  const size_t n = node->num_inputs;
  const Tensor** inputs = recording_.arena_.NewArray<const Tensor*>(n);
  const Tensor** outputs = recording_.arena_.NewArray<const Tensor*>(node->num_values);
  TensorSpec* specs = recording_.arena_.NewArray<TensorSpec>(n);
  TensorSpec* bounds = recording_.arena_.NewArray<TensorSpec>(n);
  for (size_t i = 0; i < n; ++i) {
    Value* value = node->inputs[i];
    if (stage.inputs >> i & 1) {
      inputs[i] = &recording_.Fetch(value, node->input_versions[i], *node);
    }
    specs[i] = value->spec;
    bounds[i] = value->bound;
  }
  for (int i = 0; i < node->num_values; ++i) {
    Value* value = &node->values[i];
    if (stage.outputs >> i & 1) outputs[i] = &recording_.Fetch(value, value->version, *node);
  }
  // Inputs whose destination is the memory where their gradient belongs.
  uint32_t in_place = 0;
  BackwardArgs::Gradient gradients[Node::kMaxInputs];
  for (size_t i = 0; i < n; ++i) {
    if (!(computed >> i & 1)) continue;
    if (FindInPlace(*node, stage, i, computed, &gradients[i])) {
      in_place |= 1u << i;
    } else {
      const bool over_upstream = stage.over_upstream == static_cast<int>(i) && last &&
                                 (stage.gradients & node->needs & stage.passes) == 0;
      gradients[i].destination =
          MakeDestination(*node, stage, i, over_upstream ? upstream[0] : Tensor());
    }
  }
  const int64_t bytes = node->op->BackwardWorkspaceBytes(s, {bounds, n});
  Tensor workspace;
  if (bytes > 0) {
    workspace = Tensor::Empty({DType::kInt32, Shape()}, Purpose::kWorkspace,
                              recording_.allocator(), bytes);
  }
  if (!recording_.dry()) {
    node->op->Backward(
        s, BackwardArgs({inputs, n}, {outputs, static_cast<size_t>(node->num_values)},
                        {upstream, static_cast<size_t>(node->num_outputs)}, {gradients, n},
                        {specs, n}, workspace ? workspace.raw_bytes() : nullptr));
  }
  workspace = Tensor();
  if (Observer* const observer = recording_.options_.observer; observer != nullptr) {
    Tensor results[Node::kMaxInputs];
    for (size_t i = 0; i < n; ++i) results[i] = gradients[i].destination;
    observer->Results(run, {results, n});
  }
  for (size_t i = 0; i < n; ++i) {
    if (!(computed >> i & 1)) continue;
    const Tensor gradient = std::move(gradients[i].destination);
    if (!(in_place >> i & 1)) {
      HandOn(*node, i, gradient, stage.broadcasts >> i & 1);
    } else if (Parameter* parameter = node->inputs[i]->parameter; parameter != nullptr) {
      parameter->MarkGradient();
    }
  }
}

void Recording::Backward(const Variable& root) {
  HAIRPIN_CHECK(root) << "Backward: the root is an empty Variable";
  HAIRPIN_CHECK(root.shape().num_elements() == 1)
      << "Backward: a gradient was asked of shape " << root.shape()
      << ", expected one element; give a seed for others";
  Tensor seed = Tensor::Empty(root.spec(), Purpose::kActivation, allocator());
  if (!dry()) {
    DispatchFloating(root.dtype(), [&]<class T>() { seed.raw<T>()[0] = 1; });
  }
  Backward(absl::MakeConstSpan(&root, 1), absl::MakeConstSpan(&seed, 1));
}

void Recording::Backward(absl::Span<const Variable> roots, absl::Span<const Tensor> seeds) {
  HAIRPIN_CHECK(roots.size() == seeds.size())
      << "Backward: " << roots.size() << " roots and " << seeds.size() << " seeds";
  for (size_t i = 0; i < roots.size(); ++i) {
    HAIRPIN_CHECK(roots[i].spec() == seeds[i].spec())
        << "Backward: root of " << roots[i].dtype() << roots[i].shape() << " and seed of "
        << seeds[i].dtype() << seeds[i].shape();
  }
  BackwardPass(*this).Run(roots, seeds);
}

}  // namespace hairpin
