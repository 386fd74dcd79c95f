// The logarithm of softmax over one axis, without the loss of digits that the
// logarithm of a small probability would have.
//
//   y = x - max x - log sum exp(x - max x)
//   dx = dy - exp(y) sum(dy)                      sums over the axis
//
// Saved: y. The output may be written over x, the gradient over dy.
#ifndef HAIRPIN_OPS_LOG_SOFTMAX_H_
#define HAIRPIN_OPS_LOG_SOFTMAX_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Any shape of at least one axis, float32 or float64. Where all of x along the
// axis is -infinity, y is NaN, as PyTorch has it.
Variable LogSoftmax(Variable x, int axis = -1);

OpDefinition LogSoftmaxDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LOG_SOFTMAX_H_
