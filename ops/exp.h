// Exponential function.
//
//   y = exp(x);  dx = y dy
//
// Saved: y. The gradient may be written over dy.
#ifndef HAIRPIN_OPS_EXP_H_
#define HAIRPIN_OPS_EXP_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Exp(Variable x);

OpDefinition ExpDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_EXP_H_
