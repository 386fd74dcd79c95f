// Sgd: stochastic gradient descent with momentum, as in PyTorch (the formula
// stands in ops/kernels/sgd.h). State, with momentum: "<parameter>.momentum".
//
// Steps are counted for all parameters together, where PyTorch counts for each:
// the same, unless a parameter gets its first gradient later than others.
#ifndef HAIRPIN_OPTIM_SGD_H_
#define HAIRPIN_OPTIM_SGD_H_

#include <string>
#include <vector>

#include "optim/optimizer.h"

namespace hairpin {

struct SgdOptions {
  double momentum = 0;
  double dampening = 0;
  bool nesterov = false;
};

class Sgd final : public Optimizer {
 public:
  // Weight decay comes from the groups and is added to the gradient.
  explicit Sgd(std::vector<ParameterGroup> groups, const SgdOptions& options = {});
  void Step(double learning_rate, double gradient_factor = 1) override;
  void VisitState(const std::function<void(const std::string&, Tensor&)>& visit) override;

 private:
  void MakeBuffers();

  SgdOptions options_;
  std::vector<Tensor> buffers_;  // none without momentum
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_SGD_H_
