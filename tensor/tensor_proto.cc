#include "tensor/tensor_proto.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"

namespace hairpin {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are stored little-endian");

absl::StatusOr<TensorSpec> SpecOf(const TensorProto& proto) {
  TensorSpec spec;
  switch (proto.dtype()) {
    case TensorProto::FLOAT32: spec.dtype = DType::kFloat32; break;
    case TensorProto::FLOAT64: spec.dtype = DType::kFloat64; break;
    case TensorProto::INT32: spec.dtype = DType::kInt32; break;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("tensor: found dtype ", static_cast<int>(proto.dtype()),
                       ", expected 1 (float32), 2 (float64) or 3 (int32)"));
  }
  const std::optional<Shape> shape = Shape::TryMake(
      absl::MakeConstSpan(proto.shape().data(), static_cast<size_t>(proto.shape_size())));
  if (!shape.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor: found ", proto.shape_size(), " axes, expected at most ",
                     Shape::kMaxRank, " sizes, none negative, whose product fits 64 bits"));
  }
  spec.shape = *shape;
  const int64_t size = SizeOf(spec.dtype);
  if (static_cast<int64_t>(proto.data().size()) / size != spec.shape.num_elements() ||
      static_cast<int64_t>(proto.data().size()) % size != 0) {
    return absl::InvalidArgumentError(absl::StrCat("tensor: found ", proto.data().size(),
                                                   " bytes, expected ", size, " each for shape ",
                                                   spec.shape.ToString()));
  }
  return spec;
}

}  // namespace

TensorProto ToProto(const Tensor& tensor) {
  TensorProto proto;
  proto.set_dtype(static_cast<TensorProto::DType>(tensor.dtype()));
  for (const int64_t size : tensor.shape().sizes()) proto.add_shape(size);
  if (tensor.num_elements() > 0) {
    proto.set_data(static_cast<const char*>(tensor.raw_bytes()), tensor.spec().bytes());
  }
  return proto;
}

absl::StatusOr<Tensor> FromProto(const TensorProto& proto, Purpose purpose) {
  const absl::StatusOr<TensorSpec> spec = SpecOf(proto);
  if (!spec.ok()) return spec.status();
  Tensor tensor = Tensor::Empty(*spec, purpose);
  const absl::Status copied = CopyFromProto(proto, &tensor);
  if (!copied.ok()) return copied;
  return tensor;
}

absl::Status CopyFromProto(const TensorProto& proto, Tensor* tensor) {
  const absl::StatusOr<TensorSpec> spec = SpecOf(proto);
  if (!spec.ok()) return spec.status();
  if (!(*spec == tensor->spec())) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor: found ", Name(spec->dtype), spec->shape.ToString(), ", expected ",
                     Name(tensor->dtype()), tensor->shape().ToString()));
  }
  if (spec->bytes() > 0) std::memcpy(tensor->raw_bytes(), proto.data().data(), spec->bytes());
  tensor->storage()->BumpVersion();
  return absl::OkStatus();
}

}  // namespace hairpin
