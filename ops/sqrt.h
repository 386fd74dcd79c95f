// Square root.
//
//   y = sqrt(x);  dx = dy / (2 y)
//
// Saved: y. The gradient may be written over dy; it is infinite at 0.
#ifndef HAIRPIN_OPS_SQRT_H_
#define HAIRPIN_OPS_SQRT_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Sqrt(Variable x);

OpDefinition SqrtDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SQRT_H_
