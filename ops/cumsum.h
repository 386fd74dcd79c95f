// Cumulative sum along one axis.
//
//   y[..., k, ...] = sum of x[..., j, ...] over j <= k         dx_j = sum of dy_k over k >= j
//
// Saved: nothing.
#ifndef HAIRPIN_OPS_CUMSUM_H_
#define HAIRPIN_OPS_CUMSUM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// axis may be negative, from the end.
Variable Cumsum(Variable x, int axis);

OpDefinition CumsumDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_CUMSUM_H_
