// GELU, the exact one (with erf).
//
//   y = x Phi(x) = x (1 + erf(x / sqrt 2)) / 2
//   dx = (Phi(x) + x phi(x)) dy,  phi(x) = exp(-x^2 / 2) / sqrt(2 pi)
//
// Saved: x. The gradient may be written over dy.
// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
#ifndef HAIRPIN_OPS_GELU_H_
#define HAIRPIN_OPS_GELU_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Gelu(Variable x);

OpDefinition GeluDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GELU_H_
