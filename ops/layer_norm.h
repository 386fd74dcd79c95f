// Layer normalisation over the last axis.
//
//   y = (x - mean) r w + b,  r = 1 / sqrt(variance + eps), variance biased
//
// x [..., C], w [C], b [C]. Saved: x, w and per row mean and r (extras).
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
#ifndef HAIRPIN_OPS_LAYER_NORM_H_
#define HAIRPIN_OPS_LAYER_NORM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable LayerNorm(Variable x, Variable weight, Variable bias, double eps = 1e-5);

OpDefinition LayerNormDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LAYER_NORM_H_
