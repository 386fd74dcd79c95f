// Numbers of a batch as an input of the graph: ids, masks, classes.
//
//   Variable ids = IntegerInput(recording, Shape({B, T}), batch.ids());
#ifndef HAIRPIN_TOOLS_SENTENCES_INTEGER_INPUT_H_
#define HAIRPIN_TOOLS_SENTENCES_INTEGER_INPUT_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "autograd/recording.h"

namespace hairpin {

// An int32 tensor of this shape. In a dry recording the numbers are not read.
inline Variable IntegerInput(Recording& recording, const Shape& shape,
                             std::span<const int32_t> numbers) {
  Tensor tensor = Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation,
                                recording.allocator());
  if (!recording.dry()) {
    HAIRPIN_CHECK(static_cast<int64_t>(numbers.size()) == shape.num_elements())
        << "IntegerInput: " << numbers.size() << " numbers for " << shape;
    std::memcpy(tensor.raw_bytes(), numbers.data(), numbers.size_bytes());
  }
  return recording.Constant(std::move(tensor));
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_INTEGER_INPUT_H_
