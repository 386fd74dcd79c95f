// Parameter: a named tensor that training changes, with its gradient.
//
//   Parameter weight("decoder.weight", Tensor::Zeros({DType::kFloat32, {V, C}}, ...));
//   Variable w = recording.Use(weight);
//   ... recording.Backward(loss);
//   weight.gradient();   // the sum over all Backward since ClearGradient
//
// It lives outside of any recording and is used by many, one at a time.
#ifndef HAIRPIN_AUTOGRAD_PARAMETER_H_
#define HAIRPIN_AUTOGRAD_PARAMETER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "tensor/tensor.h"

namespace hairpin {

struct Value;

class Parameter {
 public:
  Parameter(std::string name, Tensor value) : name_(std::move(name)), value_(std::move(value)) {}
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;

  const std::string& name() const { return name_; }
  const TensorSpec& spec() const { return value_.spec(); }
  const Tensor& value() const { return value_; }
  Tensor& value() { return value_; }

  // A frozen parameter gets no gradient.
  bool requires_gradient() const { return requires_gradient_; }
  void set_requires_gradient(bool wanted) { requires_gradient_ = wanted; }

  // Whether a backward has reached it since ClearGradient.
  bool has_gradient() const { return has_gradient_; }
  // Same dtype and shape as the value. CHECKs has_gradient().
  const Tensor& gradient() const;
  Tensor& mutable_gradient();
  // The next backward replaces the gradient instead of adding to it. Its
  // memory stays.
  void ClearGradient() { has_gradient_ = false; }

  // For the graph: memory of the gradient, made on first use, whatever it holds.
  Tensor& GradientMemory();
  void MarkGradient() { has_gradient_ = true; }

 private:
  friend class Recording;
  std::string name_;
  Tensor value_, gradient_;
  bool requires_gradient_ = true;
  bool has_gradient_ = false;
  // The recording that used it last and its Value there, so that a weight used
  // twice is one Value.
  uint64_t recording_number_ = 0;
  Value* recorded_ = nullptr;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_PARAMETER_H_
