#include "autograd/parameter.h"

#include "tensor/check.h"

namespace hairpin {

const Tensor& Parameter::gradient() const {
  HAIRPIN_CHECK(has_gradient_) << "Parameter " << name_ << ": no backward has reached it";
  return gradient_;
}

Tensor& Parameter::mutable_gradient() {
  HAIRPIN_CHECK(has_gradient_) << "Parameter " << name_ << ": no backward has reached it";
  return gradient_;
}

Tensor& Parameter::GradientMemory() {
  if (!gradient_) {
    gradient_ = Tensor::Empty(value_.spec(), Purpose::kGradient, value_.storage()->allocator());
  }
  return gradient_;
}

}  // namespace hairpin
