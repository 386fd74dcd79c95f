// Tensors one behind the other along an axis.
//
//   y = [x_0, x_1, ...];  dx_i = its part of dy
//
// Saved: nothing.
#ifndef HAIRPIN_OPS_CONCAT_H_
#define HAIRPIN_OPS_CONCAT_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// 1 to 32 inputs of one floating dtype whose sizes differ in `axis` at most.
Variable Concat(absl::Span<const Variable> inputs, int axis);

OpDefinition ConcatDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_CONCAT_H_
