// Mean over any set of axes: y = sum of x over the axes / number of elements.
// Gradient, axes and what is saved as in ops/sum.h.
#ifndef HAIRPIN_OPS_MEAN_H_
#define HAIRPIN_OPS_MEAN_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// Over all axes, to a scalar.
Variable Mean(Variable x);
// Over the named axes. The mean over no elements is NaN.
Variable Mean(Variable x, absl::Span<const int64_t> axes, bool keepdim = false);

OpDefinition MeanDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MEAN_H_
