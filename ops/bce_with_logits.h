// Sigmoid and binary cross-entropy in one, for targets in [0, 1].
//
//   loss = sum log(1 + exp(x)) - t x, or that / n
//   dx = (s(x) - t) dloss, or that / n,  s(x) = 1 / (1 + exp(-x));  dt = -x dloss, or that / n
//
// Saved: x and t. dx may be written over x. Nothing overflows: the logarithm is
// taken of 1 + exp(-|x|).
#ifndef HAIRPIN_OPS_BCE_WITH_LOGITS_H_
#define HAIRPIN_OPS_BCE_WITH_LOGITS_H_

#include "autograd/recording.h"
#include "ops/definition.h"
#include "ops/loss.h"

namespace hairpin {

// logits and target of one shape, float32 or float64, n elements; a scalar. The
// mean over no elements is NaN.
Variable BceWithLogits(Variable logits, Variable target, Reduction reduction = Reduction::kMean);

OpDefinition BceWithLogitsDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_BCE_WITH_LOGITS_H_
