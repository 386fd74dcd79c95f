// Squared error.
//
//   loss = sum (x - t)^2, or that / n;  dx = 2 (x - t) dloss, or that / n;  dt = -dx
//
// Saved: x and t. dx may be written over x.
#ifndef HAIRPIN_OPS_MSE_H_
#define HAIRPIN_OPS_MSE_H_

#include "autograd/recording.h"
#include "ops/definition.h"
#include "ops/loss.h"

namespace hairpin {

// x and target of one shape, float32 or float64, n elements; a scalar. The mean
// over no elements is NaN.
Variable Mse(Variable x, Variable target, Reduction reduction = Reduction::kMean);

OpDefinition MseDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MSE_H_
