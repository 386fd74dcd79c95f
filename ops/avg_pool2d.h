// Mean over windows of images.
//
//   y[b, c, i, j] = sum over u, v < kernel of x[b, c, i stride + u - padding, j stride + v - ...]
//                   / kernel^2
//   x [B, C, H, W], y [B, C, OH, OW], OH = floor((H + 2 padding - kernel) / stride) + 1
//
// x is 0 outside its borders, which count in the divisor. dx: each number of a window has
// dy / kernel^2 of it. Saved: nothing.
#ifndef HAIRPIN_OPS_AVG_POOL2D_H_
#define HAIRPIN_OPS_AVG_POOL2D_H_

#include "ops/pool2d.h"

namespace hairpin {

Variable AvgPool2d(Variable x, const Pool2dOptions& options);

OpDefinition AvgPool2dDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_AVG_POOL2D_H_
