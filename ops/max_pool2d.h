// Maximum over windows of images.
//
//   y[b, c, i, j] = max over u, v < kernel of x[b, c, i stride + u - padding, j stride + v - ...]
//   x [B, C, H, W], y [B, C, OH, OW], OH = floor((H + 2 padding - kernel) / stride) + 1
//
// What is outside x is left out. dx: the first maximum of a window, in row-major order, has all of
// its gradient. Saved: x.
#ifndef HAIRPIN_OPS_MAX_POOL2D_H_
#define HAIRPIN_OPS_MAX_POOL2D_H_

#include "ops/pool2d.h"

namespace hairpin {

Variable MaxPool2d(Variable x, const Pool2dOptions& options);

OpDefinition MaxPool2dDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_MAX_POOL2D_H_
