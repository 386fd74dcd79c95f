// A power with a constant exponent.
//
//   y = x^p;  dx = p x^(p - 1) dy                 (0 for p = 0)
//
// Saved: x. The output may be written over x, the gradient over dy.
#ifndef HAIRPIN_OPS_POW_H_
#define HAIRPIN_OPS_POW_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's. A negative x has a power
// for whole exponents only, and is NaN otherwise.
Variable Pow(Variable x, double exponent);

OpDefinition PowDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_POW_H_
