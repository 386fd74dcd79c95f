// Rectified linear unit.
//
//   y = max(x, 0);  dx = dy where y > 0, else 0
//
// Saved: y. The gradient may be written over dy. At 0 it is 0, as in PyTorch.
#ifndef HAIRPIN_OPS_RELU_H_
#define HAIRPIN_OPS_RELU_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Relu(Variable x);

OpDefinition ReluDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_RELU_H_
