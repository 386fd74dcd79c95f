// RmsProp: steps divided by the root of a moving mean of squared gradients, as in
// PyTorch (the formula stands in ops/kernels/rmsprop.h). State:
// "<parameter>.square", centered "<parameter>.mean", and with momentum
// "<parameter>.momentum".
//
//   RmsProp optimizer({{ParametersOf(model)}}, {.momentum = 0.9});
//   optimizer.Step(/*learning_rate=*/0.01);
//
// Sources: Tieleman and Hinton, "Lecture 6.5, RMSprop", 2012; centered: Graves,
// "Generating sequences with recurrent neural networks", 2013.
#ifndef HAIRPIN_OPTIM_RMSPROP_H_
#define HAIRPIN_OPTIM_RMSPROP_H_

#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

// Constructors CHECK that none is negative and alpha at most 1.
struct RmsPropOptions {
  double alpha = 0.99;  // how much of the moving mean stays at each step
  double epsilon = 1e-8;
  double momentum = 0;
  bool centered = false;  // divide by the deviation: take the mean off first
};

class RmsProp final : public Optimizer {
 public:
  // Weight decay comes from the groups and is added to the gradient.
  explicit RmsProp(const std::vector<ParameterGroup>& groups, const RmsPropOptions& options = {});

 protected:
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;

 private:
  RmsPropOptions options_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_RMSPROP_H_
