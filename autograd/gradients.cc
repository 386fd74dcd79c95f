// Where gradients are written, and how they add up.
#include <algorithm>

#include "autograd/backward_pass.h"
#include "autograd/recording.h"
#include "ops/kernels/copy.h"
#include "ops/kernels/reduce.h"

namespace hairpin {
namespace {

// destination (=|+=) source, of equal shapes.
void AddTo(const Tensor& source, bool accumulate, const Tensor& destination) {
  DispatchFloating(source.dtype(), [&]<class T>() {
    kernels::Copy(source.data<T>(), source.num_elements(), accumulate, destination.raw<T>());
  });
}

// Of a gradient that an Op writes aside.
Purpose PurposeOf(const Value& value) {
  return value.parameter != nullptr ? Purpose::kWorkspace : Purpose::kActivation;
}

}  // namespace

// Whether input i's gradient is written, or added by the Op itself, where it
// belongs: a parameter's in its own memory, others where an earlier operation
// of this backward began one. Then fills *gradient.
bool BackwardPass::FindInPlace(const Node& node, const BackwardStage& stage, size_t i,
                               uint32_t computed, BackwardArgs::Gradient* gradient) {
  Value& value = *node.inputs[i];
  if ((stage.broadcasts >> i & 1) && IsBroadcast(value, node.values[0])) return false;
  // The same value as two inputs: two kernels must not write to one place.
  for (size_t j = 0; j < i; ++j) {
    if ((computed >> j & 1) && node.inputs[j] == &value) return false;
  }
  const bool can_add = stage.accumulates >> i & 1;
  if (value.parameter != nullptr) {
    const bool exists = value.parameter->has_gradient();
    if (exists && !can_add) return false;
    *gradient = {value.parameter->GradientMemory(), exists};
    return true;
  }
  if (!value.gradient || !can_add || !value.gradient.storage()->unique()) return false;
  value.reached = true;
  *gradient = {value.gradient, true};
  return true;
}

// Whether replays of nodes before this one may start from its input `value`.
bool BackwardPass::IsHeldForOthers(const Node& node, const Value& value) const {
  const auto own = std::count(node.inputs, node.inputs + node.num_inputs, &value);
  return value.readers > own && recording_.IsHeld(value);
}

// Where Backward writes the gradient of input i, to be handed on then. Over
// `upstream`, if given, or the saved input, where the Op and sharing allow.
Tensor BackwardPass::MakeDestination(const Node& node, const BackwardStage& stage, size_t i,
                                     const Tensor& upstream) {
  Value& value = *node.inputs[i];
  const Value& output = node.values[0];
  const bool broadcast = (stage.broadcasts >> i & 1) && IsBroadcast(value, output);
  const TensorSpec spec = {value.spec.dtype, (broadcast ? output : value).spec.shape};
  const TensorSpec bound = {value.spec.dtype, (broadcast ? output : value).bound.shape};
  // Held by the pass's array and by the argument alone.
  if (upstream && upstream.spec() == spec && output.bound == bound &&
      upstream.storage()->references() <= 2 &&
      upstream.storage()->bytes() >= bound.bytes()) {
    return upstream;
  }
  // The saved value, if this is its last use.
  if (stage.over_input == static_cast<int>(i) && !value.input() && value.handles == 0 &&
      value.saves == 1 && value.spec == spec && value.bound == bound &&
      !IsHeldForOthers(node, value) && value.tensor.storage()->unique()) {
    return value.tensor;
  }
  return Tensor::Empty(spec, PurposeOf(value), recording_.allocator(), bound.bytes());
}

// Gives `gradient` to input i, summed over broadcast axes first if need be.
void BackwardPass::HandOn(const Node& node, size_t i, const Tensor& gradient,
                          bool may_be_broadcast) {
  Value* value = node.inputs[i];
  if (!may_be_broadcast || !IsBroadcast(*value, node.values[0])) {
    AddToGradient(value, gradient.Reshape(value->spec.shape));
    return;
  }
  // Straight into the parameter's memory, or a gradient that is there.
  bool accumulate = true;
  Tensor destination;
  if (Parameter* parameter = value->parameter; parameter != nullptr) {
    accumulate = parameter->has_gradient();
    destination = parameter->GradientMemory();
    parameter->MarkGradient();
  } else if (value->gradient && value->gradient.storage()->unique()) {
    destination = value->gradient;
    value->reached = true;
  } else {
    accumulate = false;
    destination = Tensor::Empty(value->spec, Purpose::kActivation, recording_.allocator(),
                                value->bound.bytes());
  }
  if (!recording_.dry()) {
    DispatchFloating(gradient.dtype(), [&]<class T>() {
      kernels::SumToShape(gradient.data<T>(), gradient.shape(), 1.0, accumulate,
                          destination.raw<T>(), destination.shape());
    });
  }
  if (!accumulate && value->parameter == nullptr) AddToGradient(value, destination);
}

// value.gradient += gradient. A first gradient is taken over as it is, shared
// with whoever else has it; a shared one is never written to.
void BackwardPass::AddToGradient(Value* value, const Tensor& gradient) {
  if (Parameter* parameter = value->parameter; parameter != nullptr) {
    const Tensor& memory = parameter->GradientMemory();
    if (!recording_.dry()) AddTo(gradient, parameter->has_gradient(), memory);
    parameter->MarkGradient();
    return;
  }
  value->reached = true;
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

}  // namespace hairpin
