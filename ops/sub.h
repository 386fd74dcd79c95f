// Subtraction with NumPy's broadcasting.
//
//   y = a - b;  da = dy, db = -dy, summed over broadcast axes
//
// Saved: nothing. a's gradient is handed on without a copy where shapes agree.
#ifndef HAIRPIN_OPS_SUB_H_
#define HAIRPIN_OPS_SUB_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Shapes broadcast; one floating dtype. The result may take over a's memory.
Variable Sub(Variable a, Variable b);

OpDefinition SubDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SUB_H_
