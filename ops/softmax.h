// Softmax over one axis.
//
//   y = exp(x - max x) / sum exp(x - max x)
//   dx = y (dy - sum(dy y))                       sums over the axis
//
// Saved: y. The output may be written over x, the gradient over dy.
#ifndef HAIRPIN_OPS_SOFTMAX_H_
#define HAIRPIN_OPS_SOFTMAX_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape of at least one axis, float32 or float64. Where all of x along the
// axis is -infinity, y is NaN, as PyTorch has it.
Variable Softmax(Variable x, int axis = -1);

OpDefinition SoftmaxDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SOFTMAX_H_
