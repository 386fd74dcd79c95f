// The logistic function.
//
//   y = 1 / (1 + exp(-x));  dx = y (1 - y) dy
//
// Saved: y. The output may be written over x, the gradient over dy.
#ifndef HAIRPIN_OPS_SIGMOID_H_
#define HAIRPIN_OPS_SIGMOID_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape, float32 or float64; the result has x's.
Variable Sigmoid(Variable x);

OpDefinition SigmoidDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SIGMOID_H_
