#include "autograd/variable.h"

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {

Variable::Variable(Value* value) : value_(value) {
  ++value_->handles;
  ++value_->recording->handles_;
}

Variable::Variable(const Variable& other) {
  if (other.value_ != nullptr) *this = Variable(other.value_);
}

Variable::~Variable() {
  if (value_ != nullptr) value_->recording->ReleaseHandle(value_);
}

const TensorSpec& Variable::spec() const {
  HAIRPIN_CHECK(value_ != nullptr) << "Variable: an empty one was used";
  return value_->spec;
}
const Shape& Variable::shape() const { return spec().shape; }
DType Variable::dtype() const { return spec().dtype; }
const Shape& Variable::bound() const { return spec(), value_->bound.shape; }
const Tensor& Variable::value() const { return spec(), value_->tensor; }
bool Variable::requires_gradient() const { return spec(), value_->needs_gradient; }
const Tensor& Variable::gradient() const { return spec(), value_->gradient; }
Recording& Variable::recording() const { return spec(), *value_->recording; }

}  // namespace hairpin
