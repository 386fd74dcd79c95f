// Where an element stands, for messages.
//
//   IndexText(Shape({4, 2, 6}), 29)   // "[2, 0, 5]"
#ifndef HAIRPIN_TENSOR_INDEX_TEXT_H_
#define HAIRPIN_TENSOR_INDEX_TEXT_H_

#include <cstdint>
#include <string>

#include "tensor/shape.h"

namespace hairpin {

// The row-major index of an element in a tensor of this shape as one for each axis;
// "[]" in a scalar.
std::string IndexText(const Shape& shape, int64_t index);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_INDEX_TEXT_H_
