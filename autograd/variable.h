// Variable: a handle on one value of a recording.
//
//   Variable y = Gelu(Linear(x, weight, bias));
//   y.shape();             // known at once, also in a dry recording
//   y.value();             // the numbers
//
// As long as a Variable of a value exists, its tensor stays; when the last one
// goes, the tensor is freed unless backward will read it (autograd/policy.h).
// Functions therefore take Variables by value: a caller that moves one in tells
// the operation that it may reuse the memory. A Variable must not outlive its
// recording's Reset.
#ifndef HAIRPIN_AUTOGRAD_VARIABLE_H_
#define HAIRPIN_AUTOGRAD_VARIABLE_H_

#include <utility>

#include "tensor/tensor.h"

namespace hairpin {

class Recording;
struct Value;

class Variable {
 public:
  Variable() = default;
  Variable(const Variable& other);
  Variable(Variable&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Variable& operator=(Variable other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Variable();

  // False for a default-constructed one: "no bias", "no mask".
  explicit operator bool() const { return value_ != nullptr; }

  const TensorSpec& spec() const;
  const Shape& shape() const;
  DType dtype() const;
  // The largest shape this value takes where a size depends on the data;
  // otherwise its shape.
  const Shape& bound() const;
  // The tensor; dry in a dry recording.
  const Tensor& value() const;
  // Whether a parameter or another differentiable input stands behind it.
  bool requires_gradient() const;
  // The gradient that backward left here. Only for inputs made by
  // Recording::Input and values named by Recording::RetainGradient; null if
  // backward has not reached it.
  const Tensor& gradient() const;
  Recording& recording() const;

 private:
  friend class Recording;
  friend class BackwardPass;
  explicit Variable(Value* value);
  Value* value_ = nullptr;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_VARIABLE_H_
