// Sum and mean over any set of axes.
//
//   y = scale * sum over axes of x;  dx = scale * dy, broadcast over the axes
//
// Saved: nothing. Sums run in fixed blocks, in double (ops/kernels/reduce.h).
#ifndef HAIRPIN_OPS_SUM_H_
#define HAIRPIN_OPS_SUM_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Over all axes, to a scalar.
Variable Sum(Variable x);
// Over the named axes, which stay with size 1 if `keepdim`. The sum over no
// elements is 0.
Variable Sum(Variable x, absl::Span<const int64_t> axes, bool keepdim = false);

OpDefinition SumDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SUM_H_
