// Adagrad: steps divided by the root of the sum of all squared gradients, as in
// PyTorch (the formula stands in ops/kernels/adagrad.h). State: "<parameter>.sum".
// At step t = 1, 2, ... the learning rate is divided by 1 + (t - 1) rate_decay.
//
//   Adagrad optimizer({{ParametersOf(model)}}, {.initial_sum = 0.1});
//   optimizer.Step(/*learning_rate=*/0.01);
//
// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning
// and stochastic optimization", JMLR 2011.
#ifndef HAIRPIN_OPTIM_ADAGRAD_H_
#define HAIRPIN_OPTIM_ADAGRAD_H_

#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

// Constructors CHECK that none is negative.
struct AdagradOptions {
  double rate_decay = 0;
  double epsilon = 1e-10;
  double initial_sum = 0;  // of squared gradients
};

class Adagrad final : public Optimizer {
 public:
  // Weight decay comes from the groups and is added to the gradient.
  explicit Adagrad(const std::vector<ParameterGroup>& groups, const AdagradOptions& options = {});

 protected:
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;

 private:
  AdagradOptions options_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_ADAGRAD_H_
