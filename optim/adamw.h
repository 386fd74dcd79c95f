// AdamW: Adam with decoupled weight decay, as in PyTorch (the formula stands in
// ops/kernels/adamw.h). State: "<parameter>.m" and "<parameter>.v".
//
//   AdamW optimizer(DecayMatricesOnly(model, 0.01), {.beta2 = 0.98});
//   optimizer.Step(/*learning_rate=*/1e-3);
//
// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
#ifndef HAIRPIN_OPTIM_ADAMW_H_
#define HAIRPIN_OPTIM_ADAMW_H_

#include <vector>

#include "optim/adam.h"

namespace hairpin {

using AdamWOptions = AdamOptions;

class AdamW final : public Adam {
 public:
  // Weight decay comes from the groups: p = p (1 - lr decay) before each step.
  explicit AdamW(const std::vector<ParameterGroup>& groups, const AdamWOptions& options = {})
      : Adam(groups, options, /*decoupled=*/true) {}
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_ADAMW_H_
