// DType: what one element of a tensor is.
#ifndef HAIRPIN_TENSOR_DTYPE_H_
#define HAIRPIN_TENSOR_DTYPE_H_

#include <cstdint>
#include <ostream>

#include "tensor/check.h"

namespace hairpin {

// The values are part of the file format (TensorProto.DType): append only.
enum class DType : uint8_t { kFloat32 = 1, kFloat64 = 2, kInt32 = 3 };

// Bytes of one element.
constexpr int64_t SizeOf(DType dtype) { return dtype == DType::kFloat64 ? 8 : 4; }

constexpr bool IsFloating(DType dtype) { return dtype != DType::kInt32; }

constexpr const char* Name(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "float32";
    case DType::kFloat64: return "float64";
    case DType::kInt32: return "int32";
  }
  return "unknown";
}

inline std::ostream& operator<<(std::ostream& stream, DType dtype) { return stream << Name(dtype); }

template <class T>
struct DTypeOfImpl;
template <>
struct DTypeOfImpl<float> { static constexpr DType value = DType::kFloat32; };
template <>
struct DTypeOfImpl<double> { static constexpr DType value = DType::kFloat64; };
template <>
struct DTypeOfImpl<int32_t> { static constexpr DType value = DType::kInt32; };

// DTypeOf<float> == DType::kFloat32.
template <class T>
inline constexpr DType DTypeOf = DTypeOfImpl<T>::value;

// Calls body.operator()<float>() or <double>(), by `dtype`; CHECKs that it is
// one of the two. The way from a tensor to a typed kernel:
//
//   DispatchFloating(x.dtype(), [&]<class T>() { Exp(x.data<T>(), n, y.raw<T>()); });
template <class Body>
decltype(auto) DispatchFloating(DType dtype, const Body& body) {
  HAIRPIN_CHECK(IsFloating(dtype)) << "found dtype " << dtype << ", expected float32 or float64";
  return dtype == DType::kFloat32 ? body.template operator()<float>()
                                  : body.template operator()<double>();
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_DTYPE_H_
