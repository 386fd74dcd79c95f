// Matrix product of the last two axes; leading axes broadcast.
//
//   y = op(a) op(b),  op(x) = x or x^T (last two axes swapped)
//
// Saved: a and b; one stage of backward for each.
#ifndef HAIRPIN_OPS_MATMUL_H_
#define HAIRPIN_OPS_MATMUL_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// a and b have at least two axes and one floating dtype.
struct MatMulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};
Variable MatMul(Variable a, Variable b, const MatMulOptions& options = {});

OpDefinition MatmulDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MATMUL_H_
