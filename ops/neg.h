// Negation.
//
//   y = -x;  dx = -dy
//
// Saved: nothing. The gradient may be written over dy.
#ifndef HAIRPIN_OPS_NEG_H_
#define HAIRPIN_OPS_NEG_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Neg(Variable x);

OpDefinition NegDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_NEG_H_
