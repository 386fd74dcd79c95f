// AdamW: Adam with decoupled weight decay, as in PyTorch (the formula stands in
// ops/kernels/adamw.h). State: "<parameter>.m" and "<parameter>.v".
//
// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
//
// Steps are counted for all parameters together, where PyTorch counts for each:
// the same, unless a parameter gets its first gradient later than others.
#ifndef HAIRPIN_OPTIM_ADAMW_H_
#define HAIRPIN_OPTIM_ADAMW_H_

#include <string>
#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

class AdamW final : public Optimizer {
 public:
  explicit AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options = {});
  void Step(double learning_rate, double gradient_factor = 1) override;
  void VisitState(const std::function<void(const std::string&, Tensor&)>& visit) override;

 private:
  void MakeMoments();

  AdamWOptions options_;
  struct Moments {
    Tensor m, v;
  };
  std::vector<Moments> moments_;  // made at the first step
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_ADAMW_H_
