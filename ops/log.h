// Natural logarithm.
//
//   y = ln x;  dx = dy / x
//
// Saved: x. The gradient may be written over dy. ln 0 = -infinity; of a negative
// number it is NaN.
#ifndef HAIRPIN_OPS_LOG_H_
#define HAIRPIN_OPS_LOG_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Log(Variable x);

OpDefinition LogDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LOG_H_
