// Division with NumPy's broadcasting.
//
//   y = a / b;  da = dy / b, db = -dy y / b, summed over broadcast axes
//
// Saved: b and y. a's gradient may be written over dy.
#ifndef HAIRPIN_OPS_DIV_H_
#define HAIRPIN_OPS_DIV_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Shapes broadcast; one floating dtype. The result may take over a's memory.
Variable Div(Variable a, Variable b);

OpDefinition DivDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_DIV_H_
