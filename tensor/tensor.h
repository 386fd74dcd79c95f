// Tensor: a small handle on shared storage; always contiguous and row-major.
//
//   Tensor x = Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6});
//   Tensor y = x.Reshape({3, 2});           // a view: the same six numbers
//   x.mutable_data<float>()[0] = 7;         // seen through y, too
//   y.data<float>()[0];                     // 7
//
// Copying a Tensor copies the handle. A Tensor is storage plus a byte offset;
// a default-constructed one is null. Not for sharing between threads.
#ifndef HAIRPIN_TENSOR_TENSOR_H_
#define HAIRPIN_TENSOR_TENSOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tensor/check.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

namespace hairpin {

// What a shape rule speaks of: a tensor without its numbers.
struct TensorSpec {
  DType dtype = DType::kFloat32;
  Shape shape;
  int64_t bytes() const { return shape.num_elements() * SizeOf(dtype); }
  friend bool operator==(const TensorSpec&, const TensorSpec&) = default;
};

class Tensor {
 public:
  Tensor() = default;

  // Unspecified contents. `bound_bytes`, if larger than the shape's own bytes,
  // is what is allocated and counted: room for the largest shape that a size
  // which depends on the data can take.
  static Tensor Empty(const TensorSpec& spec, Purpose purpose = Purpose::kActivation,
                      Allocator& allocator = Allocator::Default(), int64_t bound_bytes = 0);
  static Tensor Zeros(const TensorSpec& spec, Purpose purpose = Purpose::kActivation,
                      Allocator& allocator = Allocator::Default());
  // CHECKs that there are as many values as elements.
  template <class T>
  static Tensor FromValues(const Shape& shape, absl::Span<const T> values,
                           Purpose purpose = Purpose::kActivation);
  template <class T>
  static Tensor FromValues(const Shape& shape, std::initializer_list<T> values) {
    return FromValues<T>(shape, absl::MakeConstSpan(values.begin(), values.size()));
  }
  template <class T>
  static Tensor Scalar(T value) {
    return FromValues<T>(Shape(), {value});
  }

  explicit operator bool() const { return static_cast<bool>(storage_); }
  const TensorSpec& spec() const { return spec_; }
  const Shape& shape() const { return spec_.shape; }
  DType dtype() const { return spec_.dtype; }
  int64_t num_elements() const { return spec_.shape.num_elements(); }
  Storage* storage() const { return storage_.get(); }
  // Has a shape and no numbers: it came from a dry allocator.
  bool dry() const { return storage_ && storage_->allocator().dry(); }
  bool SharesStorageWith(const Tensor& other) const { return storage() == other.storage(); }

  // The elements, for reading. CHECKs the dtype, and that the tensor is not dry.
  template <class T>
  const T* data() const {
    return Pointer<T>();
  }
  template <class T>
  absl::Span<const T> values() const {
    return {data<T>(), static_cast<size_t>(num_elements())};
  }
  // The elements, for a user who changes them: bumps the storage's version, so
  // that a backward which saved them before will refuse to use them.
  template <class T>
  T* mutable_data() {
    if (storage_) storage_->BumpVersion();
    return Pointer<T>();
  }
  // The elements, for kernels that fill a destination handed to them, before
  // anybody can have saved it: no version bump.
  template <class T>
  T* raw() const {
    return Pointer<T>();
  }
  void* raw_bytes() const;

  // The one element of a tensor of one element, as double.
  double item() const;
  // All elements as double, whatever the dtype. For tests and tables.
  std::vector<double> ToDoubles() const;

  // A view with another shape of as many elements. CHECKs that.
  Tensor Reshape(const Shape& shape) const;
  // A deep copy.
  Tensor Clone(Purpose purpose = Purpose::kActivation) const;
  // A deep copy in another floating dtype (rounded to nearest).
  Tensor Cast(DType dtype) const;
  // Copies the other tensor's elements here; CHECKs equal specs; bumps version.
  void CopyFrom(const Tensor& other);
  void SetZero();

 private:
  template <class T>
  T* Pointer() const {
    HAIRPIN_CHECK(storage_) << "Tensor: null tensor has no elements";
    HAIRPIN_CHECK(dtype() == DTypeOf<T>)
        << "Tensor: found dtype " << dtype() << ", asked for " << DTypeOf<T>;
    return static_cast<T*>(raw_bytes());
  }

  StorageRef storage_;
  int64_t byte_offset_ = 0;
  TensorSpec spec_;
};

template <class T>
Tensor Tensor::FromValues(const Shape& shape, absl::Span<const T> values, Purpose purpose) {
  HAIRPIN_CHECK(static_cast<int64_t>(values.size()) == shape.num_elements())
      << "Tensor::FromValues: " << values.size() << " values for shape " << shape;
  Tensor tensor = Empty({DTypeOf<T>, shape}, purpose);
  std::copy(values.begin(), values.end(), tensor.raw<T>());
  return tensor;
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_TENSOR_H_
