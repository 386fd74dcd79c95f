// GELU by tanh, as GPT-2 has it ("gelu_new"); the exact one is ops/gelu.h.
//
//   y = x s,  s = (1 + tanh u) / 2,  u = sqrt(2 / pi) (x + 0.044715 x^3)
//   dx = s (1 + x (1 - s) 2u') dy
//
// Saved: x. The output may be written over x, the gradient over dy.
// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
#ifndef HAIRPIN_OPS_GELU_TANH_H_
#define HAIRPIN_OPS_GELU_TANH_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable GeluTanh(Variable x);

OpDefinition GeluTanhDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GELU_TANH_H_
