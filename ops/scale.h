// Multiplication by a constant.
//
//   y = factor x;  dx = factor dy
//
// Saved: nothing. The gradient may be written over dy.
#ifndef HAIRPIN_OPS_SCALE_H_
#define HAIRPIN_OPS_SCALE_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Scale(Variable x, double factor);

OpDefinition ScaleDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SCALE_H_
