// Normalisation by the root mean square over the last axis.
//
//   y = x r w,  r = 1 / sqrt(mean(x^2) + eps)
//   dw = sum over rows of dy x r;  with g = dy w: dx = r (g - x r mean(g x r))
//
// x [..., C], w [C], float32 or float64; the result has x's shape. Saved: x, w and
// per row r (extra). The output may be written over x, dx over dy.
// Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.
#ifndef HAIRPIN_OPS_RMS_NORM_H_
#define HAIRPIN_OPS_RMS_NORM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable RmsNorm(Variable x, Variable weight, double eps = 1e-5);

OpDefinition RmsNormDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_RMS_NORM_H_
