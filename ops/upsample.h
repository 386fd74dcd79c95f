// Images enlarged by a whole number, each pixel repeated.
//
//   y[b, c, i, j] = x[b, c, i / factor, j / factor]      x [B, C, H, W], y [B, C, f H, f W]
//
// dx: the sum of dy over the pixels that repeat it. Saved: nothing.
#ifndef HAIRPIN_OPS_UPSAMPLE_H_
#define HAIRPIN_OPS_UPSAMPLE_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// factor at least 1, for both axes.
Variable Upsample(Variable x, int64_t factor);

OpDefinition UpsampleDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_UPSAMPLE_H_
