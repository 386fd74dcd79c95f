// Rows of axis 0 by their numbers, for any rank.
//
//   y[i, ...] = x[index[i], ...];  dx[index[i], ...] += dy[i, ...]
//
// x [N, ...], index int32 [R], y [R, ...]. A row may be picked many times or
// never. CHECKs indices in [0, N). Saved: index.
#ifndef HAIRPIN_OPS_INDEX_SELECT_H_
#define HAIRPIN_OPS_INDEX_SELECT_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable IndexSelect(Variable x, Variable index);

OpDefinition IndexSelectDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_INDEX_SELECT_H_
