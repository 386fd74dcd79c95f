#include "tensor/tensor.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace hairpin {

Tensor Tensor::Empty(const TensorSpec& spec, Purpose purpose, Allocator& allocator,
                     int64_t bound_bytes) {
  HAIRPIN_CHECK(spec.shape.num_elements() <= INT64_MAX / SizeOf(spec.dtype))
      << "Tensor: the bytes of " << spec.dtype << spec.shape << " don't fit 64 bits";
  Tensor tensor;
  tensor.spec_ = spec;
  tensor.storage_ = allocator.Allocate(std::max(spec.bytes(), bound_bytes), purpose);
  return tensor;
}

Tensor Tensor::Zeros(const TensorSpec& spec, Purpose purpose, Allocator& allocator) {
  Tensor tensor = Empty(spec, purpose, allocator);
  tensor.SetZero();
  return tensor;
}

void* Tensor::raw_bytes() const {
  HAIRPIN_CHECK(!dry()) << "Tensor: a dry tensor of shape " << shape() << " has no elements";
  // An empty tensor has no memory; offsets into it are 0.
  return storage_->data() == nullptr ? nullptr
                                     : static_cast<char*>(storage_->data()) + byte_offset_;
}

void Tensor::SetZero() {
  if (dry() || spec_.bytes() == 0) return;
  std::memset(raw_bytes(), 0, spec_.bytes());
  storage_->BumpVersion();
}

double Tensor::item() const {
  HAIRPIN_CHECK(num_elements() == 1) << "Tensor::item: shape " << shape() << " is not one element";
  switch (dtype()) {
    case DType::kFloat32: return data<float>()[0];
    case DType::kFloat64: return data<double>()[0];
    case DType::kInt32: return data<int32_t>()[0];
  }
  return 0;
}

std::vector<double> Tensor::ToDoubles() const {
  const auto copy = [&]<class T>(const T* x) { return std::vector<double>(x, x + num_elements()); };
  switch (dtype()) {
    case DType::kFloat32: return copy(data<float>());
    case DType::kFloat64: return copy(data<double>());
    case DType::kInt32: return copy(data<int32_t>());
  }
  return {};
}

Tensor Tensor::Reshape(const Shape& shape) const {
  HAIRPIN_CHECK(shape.num_elements() == num_elements())
      << "Reshape: " << this->shape() << " to " << shape << ", expected as many elements";
  Tensor view = *this;
  view.spec_.shape = shape;
  return view;
}

Tensor Tensor::Clone(Purpose purpose) const {
  Tensor copy = Empty(spec_, purpose, storage_->allocator());
  copy.CopyFrom(*this);
  return copy;
}

Tensor Tensor::Cast(DType dtype) const {
  Tensor copy = Empty({dtype, shape()}, storage_->purpose(), storage_->allocator());
  if (dry()) return copy;
  DispatchFloating(this->dtype(), [&]<class From>() {
    DispatchFloating(dtype, [&]<class To>() {
      std::copy_n(data<From>(), num_elements(), copy.raw<To>());
    });
  });
  return copy;
}

void Tensor::CopyFrom(const Tensor& other) {
  HAIRPIN_CHECK(spec_ == other.spec_) << "CopyFrom: " << dtype() << shape() << " from "
                                      << other.dtype() << other.shape();
  if (dry() || spec_.bytes() == 0) return;
  std::memcpy(raw_bytes(), other.raw_bytes(), spec_.bytes());
  storage_->BumpVersion();
}

}  // namespace hairpin
