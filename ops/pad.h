// Constant borders.
//
//   Variable y = Pad(x, /*before=*/{0, 0, 1, 1}, /*after=*/{0, 0, 2, 2}, /*value=*/0);
//
//   y[i, j, ...] = x[i - before[0], j - before[1], ...], or value where that is outside x
//
// dx is the inner part of dy. Saved: nothing.
#ifndef HAIRPIN_OPS_PAD_H_
#define HAIRPIN_OPS_PAD_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// As many numbers as x has axes, none negative.
Variable Pad(Variable x, absl::Span<const int64_t> before, absl::Span<const int64_t> after,
             double value = 0);

OpDefinition PadDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_PAD_H_
