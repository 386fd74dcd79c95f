// Batch normalisation over all axes but the channels', axis 1.
//
//   const BatchNormOutputs out = BatchNorm(x, weight, bias);       // training: statistics of x
//   Variable y = BatchNorm(x, weight, bias, mean, variance);       // evaluation: given ones
//
//   y = (x - mean) / sqrt(variance + eps) weight + bias
//   mean = sum of x / n, variance = sum of (x - mean)^2 / n, over the n numbers of a channel
//   x [B, C, ...], weight, bias, mean, variance [C], y like x
//
// In training, mean and variance are outputs (variance the biased one), so that a layer can keep
// running ones; they have gradients as y has. Saved: x, weight, mean, variance.
// Ioffe, Szegedy, "Batch normalization", 2015.
#ifndef HAIRPIN_OPS_BATCH_NORM_H_
#define HAIRPIN_OPS_BATCH_NORM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct BatchNormOutputs {
  Variable y, mean, variance;
};

// n must be at least 2.
BatchNormOutputs BatchNorm(Variable x, Variable weight, Variable bias, double eps = 1e-5);

Variable BatchNorm(Variable x, Variable weight, Variable bias, Variable mean, Variable variance,
                   double eps = 1e-5);

OpDefinition BatchNormDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_BATCH_NORM_H_
