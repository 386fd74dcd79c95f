// A part of an axis.
//
//   y = x[..., start : end, ...];  dx = dy there, 0 elsewhere
//
// Saved: nothing.
#ifndef HAIRPIN_OPS_SLICE_H_
#define HAIRPIN_OPS_SLICE_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// 0 <= start <= end <= the axis' size; axis in [-rank, rank).
Variable Slice(Variable x, int axis, int64_t start, int64_t end);

OpDefinition SliceDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SLICE_H_
