// The largest element over any set of axes.
//
//   y = max over axes of x
//   dx = dy / k where x = y, else 0; k elements of x are the largest together
//
// Equal largest elements share the gradient equally, as torch.amax has it. A NaN
// makes the maximum NaN. Saved: x, over which dx may be written, and y.
#ifndef HAIRPIN_OPS_MAX_H_
#define HAIRPIN_OPS_MAX_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Over all axes, to a scalar.
Variable Max(Variable x);
// Over the named axes, which stay with size 1 if `keepdim`. CHECKs that there is
// something to compare: an axis of size 0 has no largest element.
Variable Max(Variable x, absl::Span<const int64_t> axes, bool keepdim = false);

OpDefinition MaxDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MAX_H_
