// Addition with NumPy's broadcasting.
//
//   y = a + b;  da = dy, db = dy, summed over broadcast axes
//
// Saved: nothing. The gradient is handed on without a copy where shapes agree.
#ifndef HAIRPIN_OPS_ADD_H_
#define HAIRPIN_OPS_ADD_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Shapes broadcast; one floating dtype. The result may take over a's memory.
Variable Add(Variable a, Variable b);

OpDefinition AddDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_ADD_H_
