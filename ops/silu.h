// SiLU, also called swish.
//
//   y = x s(x),  s(x) = 1 / (1 + exp(-x))
//   dx = s(x) (1 + x (1 - s(x))) dy
//
// Saved: x. The output may be written over x, the gradient over dy.
// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
#ifndef HAIRPIN_OPS_SILU_H_
#define HAIRPIN_OPS_SILU_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Silu(Variable x);

OpDefinition SiluDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SILU_H_
