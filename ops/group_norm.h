// Group normalisation: of runs of channels of each image.
//
//   y = (x - mean) / sqrt(variance + eps) weight + bias
//   x [B, C, ...], weight, bias [C], y like x
//
// The C channels are `groups` runs of C / groups side by side; mean and (biased) variance are those
// of a run of one image. One group is a layer norm of the whole image, C groups an instance norm.
// Saved: x, weight, and mean and reciprocal deviation of each run.
// Wu, He, "Group normalization", 2018.
#ifndef HAIRPIN_OPS_GROUP_NORM_H_
#define HAIRPIN_OPS_GROUP_NORM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// groups divides C.
Variable GroupNorm(Variable x, Variable weight, Variable bias, int64_t groups, double eps = 1e-5);

OpDefinition GroupNormDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GROUP_NORM_H_
