// Multiplication with NumPy's broadcasting.
//
//   y = a b;  da = dy b, db = dy a, summed over broadcast axes
//
// Saved: a and b, one stage of backward for each.
#ifndef HAIRPIN_OPS_MUL_H_
#define HAIRPIN_OPS_MUL_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Shapes broadcast; one floating dtype. The result may take over a's memory.
Variable Mul(Variable a, Variable b);

OpDefinition MulDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MUL_H_
