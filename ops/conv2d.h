// Convolution of images, PyTorch's convention (a cross-correlation).
//
//   Variable y = Conv2d(x, weight, bias, {.stride = 2, .padding = 1});
//
//   y[b, f, i, j] = bias[f] + sum of weight[f, c, u, v]
//                             x[b, c, i stride + u dilation - padding, j stride + v dilation - ...]
//   x [B, C, H, W], weight [F, C / groups, KH, KW], bias [F], y [B, F, OH, OW],
//   OH = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1
//
// x is 0 outside its borders. With groups, filters and channels are cut into as many runs, and a
// filter sees the channels of its own. Saved: x and weight; the first stage of backward takes the
// gradients of weight and bias and frees x. No im2col of x: see ops/kernels/conv2d.h.
#ifndef HAIRPIN_OPS_CONV2D_H_
#define HAIRPIN_OPS_CONV2D_H_

#include <cstdint>

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// The same for both axes.
struct Conv2dOptions {
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t dilation = 1;
  int64_t groups = 1;
};

// `bias` may be an empty Variable. The kernel must fit into x with its borders.
Variable Conv2d(Variable x, Variable weight, Variable bias = {}, const Conv2dOptions& options = {});

OpDefinition Conv2dDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_CONV2D_H_
