// Hyperbolic tangent.
//
//   y = tanh(x);  dx = (1 - y^2) dy
//
// Saved: y. The gradient may be written over dy.
#ifndef HAIRPIN_OPS_TANH_H_
#define HAIRPIN_OPS_TANH_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Tanh(Variable x);

OpDefinition TanhDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_TANH_H_
