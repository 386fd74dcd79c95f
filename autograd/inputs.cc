// What enters a recording: tensors, parameters, and the keys of random draws.
#include <cstdint>
#include <utility>

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {

Value* Recording::NewInput(Tensor tensor, const Shape& bound) {
  HAIRPIN_CHECK(tensor) << "Recording: a null tensor can't be an input";
  HAIRPIN_CHECK(tensor.dry() == dry() || tensor.num_elements() == 0)
      << "Recording: a " << (dry() ? "dry" : "real") << " recording got a "
      << (tensor.dry() ? "dry" : "real") << " tensor of shape " << tensor.shape();
  Value* value = arena_.New<Value>();
  value->output = static_cast<int>(inputs_.size());
  inputs_.push_back(value);
  value->recording = this;
  value->spec = tensor.spec();
  value->bound = {tensor.dtype(), bound};
  value->tensor = std::move(tensor);
  return value;
}

Variable Recording::Constant(Tensor tensor) {
  const Shape bound = tensor.shape();
  return Variable(NewInput(std::move(tensor), bound));
}

Variable Recording::Constant(Tensor tensor, const Shape& bound) {
  HAIRPIN_CHECK(bound.rank() == tensor.shape().rank())
      << "Constant: shape " << tensor.shape() << " and its bound " << bound;
  for (int i = 0; i < bound.rank(); ++i) {
    HAIRPIN_CHECK(tensor.shape()[i] <= bound[i])
        << "Constant: shape " << tensor.shape() << " exceeds its bound " << bound;
  }
  return Variable(NewInput(std::move(tensor), bound));
}

Variable Recording::Input(Tensor tensor) {
  HAIRPIN_CHECK(IsFloating(tensor.dtype()))
      << "Input: found dtype " << tensor.dtype() << ", expected a floating one";
  const Shape bound = tensor.shape();
  Value* value = NewInput(std::move(tensor), bound);
  value->needs_gradient = options_.gradients;
  return Variable(value);
}

Variable Recording::Use(Parameter& parameter) {
  if (parameter.recording_number_ != number_) {
    Value* value = NewInput(parameter.value(), parameter.spec().shape);
    value->parameter = &parameter;
    value->needs_gradient = options_.gradients && parameter.requires_gradient();
    parameter.recording_number_ = number_;
    parameter.recorded_ = value;
  }
  HAIRPIN_CHECK(parameter.recorded_->tensor.storage() == parameter.value().storage())
      << "Recording: parameter " << parameter.name()
      << " got another tensor after this recording used it";
  return Variable(parameter.recorded_);
}

// One block of the seed's dropout key gives the key of one draw.
PhiloxKey Recording::NextDrawKey() {
  const PhiloxWords words =
      PhiloxBlock(DeriveKey(options_.seed, Stream::kDropout, options_.micro_batch),
                  {draws_++, 0, static_cast<uint32_t>(options_.step),
                   static_cast<uint32_t>(options_.step >> 32)});
  return {words[0], words[1]};
}

}  // namespace hairpin
