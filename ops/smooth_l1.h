// Smooth absolute error: a square near 0, straight beyond, PyTorch's smooth_l1_loss.
//
//   loss = sum or mean of f(x - target)
//   f(d) = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2
//   dx = clamp((x - target) / beta, -1, 1) dloss, dtarget = -dx
//
// Saved: x and target. Girshick, "Fast R-CNN", 2015; beta times it is Huber's loss.
#ifndef HAIRPIN_OPS_SMOOTH_L1_H_
#define HAIRPIN_OPS_SMOOTH_L1_H_

#include "autograd/recording.h"
#include "ops/definition.h"
#include "ops/loss.h"

namespace hairpin {

// One shape and floating dtype; beta more than 0.
Variable SmoothL1(Variable x, Variable target, Reduction reduction = Reduction::kMean,
                  double beta = 1);

OpDefinition SmoothL1Definition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SMOOTH_L1_H_
