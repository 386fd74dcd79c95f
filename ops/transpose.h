// Two axes in each other's place.
//
//   y = x with axes a and b swapped;  dx = dy with them swapped back
//
// A copy, for tensors are contiguous; products take transposed operands without
// one (ops/matmul.h). Saved: nothing.
#ifndef HAIRPIN_OPS_TRANSPOSE_H_
#define HAIRPIN_OPS_TRANSPOSE_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Axes in [-rank, rank).
Variable Transpose(Variable x, int a, int b);

OpDefinition TransposeDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_TRANSPOSE_H_
