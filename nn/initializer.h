// Initial values of parameters: pure functions of (seed, parameter, element).
//
//   AddParameter(context, "weight", {out, in}, NormalInitializer(0.02));
#ifndef HAIRPIN_NN_INITIALIZER_H_
#define HAIRPIN_NN_INITIALIZER_H_

#include <cstdint>
#include <functional>

#include "tensor/tensor.h"

namespace hairpin::nn {

// Fills a tensor of float32 or float64. `ordinal` is the parameter's place among
// those of its model. float32 values are the float64 ones, rounded.
using Initializer = std::function<void(uint64_t seed, uint32_t ordinal, Tensor* tensor)>;

// Normal with mean 0, by the transform of Box and Muller (1958) from Philox.
Initializer NormalInitializer(double standard_deviation);

// Every element the same.
Initializer ConstantInitializer(double value);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_INITIALIZER_H_
