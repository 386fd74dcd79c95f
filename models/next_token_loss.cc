#include "models/next_token_loss.h"

#include "ops/reshape.h"

namespace hairpin {

CrossEntropyResult NextTokenLoss(Variable logits, Variable labels, Reduction reduction) {
  const Scope scope(logits.recording(), "loss");
  const int64_t V = logits.shape()[-1];
  return CrossEntropy(Reshape(std::move(logits), {-1, V}), Reshape(std::move(labels), {-1}),
                      {.reduction = reduction});
}

}  // namespace hairpin
