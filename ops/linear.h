// Affine map of the last axis, PyTorch's convention.
//
//   y = x W^T + b            x [..., in], W [out, in], b [out], y [..., out]
//   dW = dy^T x, db = sum of dy over rows, dx = dy W
//
// Saved: x and W; the first stage of backward takes dW and db and frees x.
#ifndef HAIRPIN_OPS_LINEAR_H_
#define HAIRPIN_OPS_LINEAR_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// `bias` may be an empty Variable. x has at least one axis.
Variable Linear(Variable x, Variable weight, Variable bias = {});

OpDefinition LinearDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LINEAR_H_
