// Lion: steps of one size, by the sign of a moving average (the formula stands in
// ops/kernels/lion.h). State, half of Adam's: "<parameter>.m".
//
//   Lion optimizer(DecayMatricesOnly(model, 0.1), {.beta2 = 0.98});
//   optimizer.Step(/*learning_rate=*/1e-4);
//
// Every element moves by the learning rate, so a good one is 3 to 10 times smaller
// than AdamW's, and a good decay as many times larger.
// Source: Chen et al., "Symbolic discovery of optimization algorithms", 2023.
#ifndef HAIRPIN_OPTIM_LION_H_
#define HAIRPIN_OPTIM_LION_H_

#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

// Constructors CHECK that both are in [0, 1).
struct LionOptions {
  double beta1 = 0.9;   // of the average whose sign is taken
  double beta2 = 0.99;  // of the average that is kept
};

class Lion final : public Optimizer {
 public:
  // Weight decay comes from the groups: p = p (1 - lr decay) before each step.
  explicit Lion(const std::vector<ParameterGroup>& groups, const LionOptions& options = {});

 protected:
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;

 private:
  LionOptions options_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_LION_H_
