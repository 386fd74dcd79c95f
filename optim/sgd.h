// Sgd: stochastic gradient descent with momentum, as in PyTorch (the formula
// stands in ops/kernels/sgd.h). State, with momentum: "<parameter>.momentum".
//
//   Sgd optimizer(DecayMatricesOnly(model, 0.01), {.momentum = 0.9, .nesterov = true});
//   optimizer.Step(/*learning_rate=*/0.1);
//
// Source: Sutskever et al., "On the importance of initialization and momentum in
// deep learning", ICML 2013.
#ifndef HAIRPIN_OPTIM_SGD_H_
#define HAIRPIN_OPTIM_SGD_H_

#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

// Constructors CHECK the ranges, as PyTorch does.
struct SgdOptions {
  double momentum = 0;   // at least 0
  double dampening = 0;  // how much of the gradient the momentum leaves out
  bool nesterov = false;  // needs momentum, and no dampening
};

class Sgd final : public Optimizer {
 public:
  // Weight decay comes from the groups and is added to the gradient.
  explicit Sgd(const std::vector<ParameterGroup>& groups, const SgdOptions& options = {});

 protected:
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;

 private:
  SgdOptions options_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_SGD_H_
