// Slices added into others, by their numbers along an axis: the scatter that undoes index_select.
//
//   y = x;  y[..., index[r], ...] += source[..., r, ...] for each r, in order
//   x [..., N, ...], index int32 [R] in [0, N), source like x with R along the axis
//
// Numbers may repeat: a graph network sums its messages by IndexAdd(zeros, 0, targets, messages).
// dx = dy, dsource[..., r, ...] = dy[..., index[r], ...]. Saved: index.
#ifndef HAIRPIN_OPS_INDEX_ADD_H_
#define HAIRPIN_OPS_INDEX_ADD_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// axis may be negative, from the end. CHECKs the range of index.
Variable IndexAdd(Variable x, int axis, Variable index, Variable source);

OpDefinition IndexAddDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_INDEX_ADD_H_
