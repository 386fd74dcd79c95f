// One of two values, by a condition, element by element.
//
//   y = a where condition is not 0, else b       da = dy where it is not 0, db = dy where it is
//   condition int32, a, b of one floating dtype; all three broadcast as NumPy's do
//
// Saved: the condition.
#ifndef HAIRPIN_OPS_WHERE_H_
#define HAIRPIN_OPS_WHERE_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable Where(Variable condition, Variable a, Variable b);

OpDefinition WhereDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_WHERE_H_
