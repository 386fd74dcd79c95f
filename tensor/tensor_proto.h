// TensorProto and back.
//
//   TensorProto proto = ToProto(tensor);
//   absl::StatusOr<Tensor> same = FromProto(proto);
#ifndef HAIRPIN_TENSOR_TENSOR_PROTO_H_
#define HAIRPIN_TENSOR_TENSOR_PROTO_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/tensor.h"
#include "tensor/tensor.pb.h"

namespace hairpin {

// Every bit of the elements is kept, NaN payloads included.
TensorProto ToProto(const Tensor& tensor);

// InvalidArgument, naming found and expected, when dtype, shape or number of
// bytes don't fit together; nothing is allocated before they were compared.
absl::StatusOr<Tensor> FromProto(const TensorProto& proto,
                                 Purpose purpose = Purpose::kActivation);

// Copies the elements into an existing tensor of the same dtype and shape.
absl::Status CopyFromProto(const TensorProto& proto, Tensor* tensor);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_TENSOR_PROTO_H_
