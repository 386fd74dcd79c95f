// The way back: nodes in falling order of sequence, stage by stage.
//
// Of the operations, it needs only two things: ones to begin with, and adding
// (with the sum over broadcast axes that undoes a broadcast).
#include <algorithm>

#include "autograd/recording.h"
#include "ops/kernels/copy.h"
#include "ops/kernels/reduce.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int kMaxInputs = 32;  // the bits of a mask

// destination (=|+=) source, of equal shapes.
void AddTo(const Tensor& source, bool accumulate, const Tensor& destination) {
  DispatchFloating(source.dtype(), [&]<class T>() {
    kernels::Copy(source.data<T>(), source.num_elements(), accumulate, destination.raw<T>());
  });
}

}  // namespace

class BackwardPass {
 public:
  explicit BackwardPass(Recording& recording) : recording_(recording) {}

  void Run(absl::Span<const Variable> roots, absl::Span<const Tensor> seeds) {
    int64_t last = -1;
    for (size_t i = 0; i < roots.size(); ++i) {
      Value* value = roots[i].value_;
      HAIRPIN_CHECK(value->needs_gradient)
          << "Backward: the root of shape " << value->spec.shape
          << " depends on nothing that requires a gradient";
      AddToGradient(value, seeds[i]);
      if (value->node != nullptr) last = std::max(last, value->node->sequence);
    }
    for (int64_t sequence = last; sequence >= 0; --sequence) {
      Node* node = recording_.nodes_[sequence];
      if (node->needs != 0 && HasUpstream(*node)) Differentiate(node);
    }
  }

 private:
  static bool HasUpstream(const Node& node) {
    for (int i = 0; i < node.num_outputs; ++i) {
      if (node.values[i].gradient) return true;
    }
    return false;
  }

  void Differentiate(Node* node) {
    HAIRPIN_CHECK(!node->differentiated)
        << node->op->name() << ": backward a second time through an operation (node "
        << node->sequence << "); what it had saved is freed";
    node->differentiated = true;
    Tensor upstream[OutputSpecs::kMax];
    for (int i = 0; i < node->num_outputs; ++i) {
      Value& output = node->values[i];
      upstream[i] = output.gradient;
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

  // One gradient of a stage: where Backward writes it, and where it belongs.
  struct Destination {
    Value* value = nullptr;
    bool into_existing = false;  // adds itself to what the value has already
  };

  void RunStage(Node* node, int s, Tensor* upstream, bool last) {
    const BackwardStage& stage = node->op->stages()[s];
    const uint32_t wanted = stage.gradients & node->needs;
    const uint32_t computed = wanted & ~stage.passes;
    if (computed != 0) Compute(node, s, computed, upstream, last);
    for (int i = 0; i < node->num_inputs; ++i) {
      if ((wanted & stage.passes) >> i & 1) {
        HandOn(node->inputs[i], upstream[0], stage.broadcasts >> i & 1);
      }
    }
    ForEachSaved(*node, stage, [&](Value& value) { ReleaseSave(&value); });
    if (last) std::fill_n(upstream, node->num_outputs, Tensor());
  }

  void Compute(Node* node, int s, uint32_t computed, Tensor* upstream, bool last) {
    const BackwardStage& stage = node->op->stages()[s];
    const size_t n = node->num_inputs;
    const Tensor** inputs = recording_.arena_.NewArray<const Tensor*>(n);
    const Tensor** outputs = recording_.arena_.NewArray<const Tensor*>(node->num_values);
    TensorSpec* specs = recording_.arena_.NewArray<TensorSpec>(n);
    TensorSpec* bounds = recording_.arena_.NewArray<TensorSpec>(n);
    for (size_t i = 0; i < n; ++i) {
      if (stage.inputs >> i & 1) inputs[i] = &recording_.Fetch(node->inputs[i], *node);
      specs[i] = node->inputs[i]->spec;
      bounds[i] = node->inputs[i]->bound;
    }
    for (int i = 0; i < node->num_values; ++i) {
      if (stage.outputs >> i & 1) outputs[i] = &recording_.Fetch(&node->values[i], *node);
    }
    HAIRPIN_CHECK(n <= kMaxInputs) << node->op->name() << ": " << n << " inputs, at most "
                                   << kMaxInputs;
    BackwardArgs::Gradient gradients[kMaxInputs];
    bool into_existing[kMaxInputs] = {};
    for (size_t i = 0; i < n; ++i) {
      if (!(computed >> i & 1)) continue;
      gradients[i] = MakeDestination(node, stage, static_cast<int>(i), upstream, last);
      into_existing[i] = gradients[i].accumulate || IsParameterMemory(*node->inputs[i],
                                                                      gradients[i].destination);
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
    for (size_t i = 0; i < n; ++i) {
      if (!(computed >> i & 1)) continue;
      Value* value = node->inputs[i];
      if (into_existing[i]) {
        if (value->parameter != nullptr) value->parameter->MarkGradient();
      } else {
        HandOn(value, gradients[i].destination, stage.broadcasts >> i & 1);
      }
      gradients[i].destination = Tensor();
    }
  }

  static bool IsParameterMemory(const Value& value, const Tensor& destination) {
    return value.parameter != nullptr &&
           destination.SharesStorageWith(value.parameter->GradientMemory());
  }

  BackwardArgs::Gradient MakeDestination(Node* node, const BackwardStage& stage, int i,
                                         const Tensor* upstream, bool last) {
    Value& value = *node->inputs[i];
    const Value& output = node->values[0];
    const bool broadcast =
        (stage.broadcasts >> i & 1) && !(value.spec.shape == output.spec.shape);
    if (!broadcast) {
      // A parameter's gradient has its memory already; so has a gradient that
      // another operation began. Written or added to in place if the Op can.
      const bool can_add = stage.accumulates >> i & 1;
      if (value.parameter != nullptr) {
        const bool exists = value.parameter->has_gradient();
        if (!exists || can_add) return {value.parameter->GradientMemory(), exists};
      } else if (value.gradient && can_add && value.gradient.storage()->unique()) {
        return {value.gradient, true};
      }
    }
    const TensorSpec spec = broadcast ? TensorSpec{value.spec.dtype, output.spec.shape} : value.spec;
    const TensorSpec bound =
        broadcast ? TensorSpec{value.spec.dtype, output.bound.shape} : value.bound;
    // The upstream gradient may give its memory if nobody reads it afterwards.
    if (stage.over_upstream == i && last && upstream[0].spec() == spec &&
        output.bound == bound && upstream[0].storage()->unique()) {
      return {upstream[0], false};
    }
    // So may the saved value, if this is its last use and nobody shares it.
    if (stage.over_input == i && !value.input() && value.handles == 0 && value.saves == 1 &&
        value.bound == bound && value.tensor.storage()->unique()) {
      return {value.tensor, false};
    }
    return {Tensor::Empty(spec, PurposeOf(value), recording_.allocator(), bound.bytes()), false};
  }

  static Purpose PurposeOf(const Value& value) {
    return value.parameter != nullptr ? Purpose::kWorkspace : Purpose::kActivation;
  }

  // Gives `gradient` to the value: summed over broadcast axes first, if need be.
  void HandOn(Value* value, const Tensor& gradient, bool broadcast) {
    if (!broadcast || gradient.shape() == value->spec.shape) {
      AddToGradient(value, gradient.Reshape(value->spec.shape));
      return;
    }
    Tensor summed = Tensor::Empty(value->spec, PurposeOf(*value), recording_.allocator(),
                                  value->bound.bytes());
    if (!recording_.dry()) {
      DispatchFloating(gradient.dtype(), [&]<class T>() {
        kernels::SumToShape(gradient.data<T>(), gradient.shape(), /*scale=*/1.0,
                            /*accumulate=*/false, summed.raw<T>(), summed.shape());
      });
    }
    AddToGradient(value, summed);
  }

  // value.gradient += gradient. A first gradient is taken over as it is, shared
  // with whoever else has it; a shared one is never written to.
  void AddToGradient(Value* value, const Tensor& gradient) {
    if (value->parameter != nullptr) {
      Parameter& parameter = *value->parameter;
      Tensor& memory = parameter.GradientMemory();
      if (!recording_.dry()) AddTo(gradient, parameter.has_gradient(), memory);
      parameter.MarkGradient();
      return;
    }
    if (!value->gradient) {
      value->gradient = gradient;
      return;
    }
    if (!value->gradient.storage()->unique()) {
      Tensor sum = Tensor::Empty(value->spec, Purpose::kActivation, recording_.allocator(),
                                 value->bound.bytes());
      if (!recording_.dry()) AddTo(value->gradient, /*accumulate=*/false, sum);
      value->gradient = sum;
    }
    if (!recording_.dry()) AddTo(gradient, /*accumulate=*/true, value->gradient);
  }

  void ReleaseSave(Value* value) {
    if (--value->saves == 0) recording_.FreeIfUnused(value);
  }

  Recording& recording_;
};

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
