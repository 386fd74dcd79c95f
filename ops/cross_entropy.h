// Softmax and cross-entropy in one.
//
//   loss_m = logsumexp(x_m) - x_m[t_m]  (0 where t_m = ignore_index)
//   dx_m = (softmax(x_m) - onehot(t_m)) dloss_m
//
// With label smoothing s the target is (1 - s) onehot(t_m) + s / V:
//   loss_m = logsumexp(x_m) - (1 - s) x_m[t_m] - s mean(x_m)
//   dx_m = (softmax(x_m) - (1 - s) onehot(t_m) - s / V) dloss_m
// Szegedy and others, "Rethinking the Inception architecture for computer vision", 2016.
//
// logits [M, V], targets int32 [M]. CHECKs targets in [0, V) or ignore_index.
// Saved: logits (their gradient may be written over them), targets and the
// log-sum-exp of each row (extra).
#ifndef HAIRPIN_OPS_CROSS_ENTROPY_H_
#define HAIRPIN_OPS_CROSS_ENTROPY_H_

#include "autograd/recording.h"
#include "ops/definition.h"
#include "ops/loss.h"

namespace hairpin {

struct CrossEntropyOptions {
  Reduction reduction = Reduction::kSum;
  int32_t ignore_index = -100;
  double label_smoothing = 0;  // in [0, 1]
};

struct CrossEntropyResult {
  // Scalar of the logits' dtype. kMean divides by the number of targets that
  // are not ignored: NaN where all are, with gradient 0, as PyTorch does.
  Variable loss;
  // int32 scalar: targets that have the largest logit of their row (the first
  // of equal ones).
  Variable correct;
};

CrossEntropyResult CrossEntropy(Variable logits, Variable targets,
                                const CrossEntropyOptions& options = {});

OpDefinition CrossEntropyDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_CROSS_ENTROPY_H_
