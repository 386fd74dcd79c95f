// Adam, as in PyTorch (the formula stands in ops/kernels/adamw.h). State:
// "<parameter>.m" and "<parameter>.v". AdamW (optim/adamw.h) differs in its decay.
//
//   Adam optimizer(DecayMatricesOnly(model, 0.01), {.beta2 = 0.98});
//   optimizer.Step(/*learning_rate=*/1e-3);
//
// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
#ifndef HAIRPIN_OPTIM_ADAM_H_
#define HAIRPIN_OPTIM_ADAM_H_

#include <string>
#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

// Constructors CHECK the ranges, as PyTorch does.
struct AdamOptions {
  double beta1 = 0.9;     // in [0, 1), as beta2
  double beta2 = 0.999;
  double epsilon = 1e-8;  // at least 0
};

class Adam : public Optimizer {
 public:
  // Weight decay comes from the groups and is added to the gradient.
  explicit Adam(const std::vector<ParameterGroup>& groups, const AdamOptions& options = {})
      : Adam(groups, options, /*decoupled=*/false) {}

 protected:
  // `decoupled`: the decay shrinks the parameter itself instead.
  Adam(const std::vector<ParameterGroup>& groups, const AdamOptions& options, bool decoupled);
  // For an optimizer that treats some parameters as AdamW does, those whose state is
  // AdamState(), and others otherwise.
  Adam(const std::vector<ParameterGroup>& groups, const AdamOptions& options, bool decoupled,
       const StateRule& state);
  static std::vector<std::string> AdamState() { return {"m", "v"}; }
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;

 private:
  AdamOptions options_;
  bool decoupled_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_ADAM_H_
