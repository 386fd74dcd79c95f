// The loss of language models that predict what comes next.
//
//   recording.Backward(NextTokenLoss(model.Forward(ids), recording.Constant(next)).loss);
#ifndef HAIRPIN_MODELS_NEXT_TOKEN_LOSS_H_
#define HAIRPIN_MODELS_NEXT_TOKEN_LOSS_H_

#include "ops/cross_entropy.h"

namespace hairpin {

// Cross-entropy of logits [B, T, V] and labels int32 [B, T], the ids that come next; -100 is left
// out. The mean is over the others.
CrossEntropyResult NextTokenLoss(Variable logits, Variable labels,
                                 Reduction reduction = Reduction::kMean);

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_NEXT_TOKEN_LOSS_H_
