// Optimizer: parameters in groups, state for each, one step at a time.
//
//   AdamW optimizer(DecayMatricesOnly(model, 0.01), {.beta2 = 0.999});
//   ...
//   const double norm = GlobalGradientNorm(optimizer.parameters());
//   optimizer.Step(learning_rate, ClipFactor(norm, 1.0));
//
// The accumulation rule: gradients of several micro-batches add up in the
// parameters (autograd/parameter.h). To get the gradient of the whole logical
// batch each micro-batch's summed loss is differentiated with the seed 1 / N,
// N the number of masked tokens in the whole step.
#ifndef HAIRPIN_OPTIM_OPTIMIZER_H_
#define HAIRPIN_OPTIM_OPTIMIZER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/parameter.h"
#include "nn/module.h"
#include "tensor/tensor.h"

namespace hairpin {

// Parameters that share settings.
struct ParameterGroup {
  std::vector<Parameter*> parameters;
  double weight_decay = 0;
};

// All parameters of the module that require a gradient, in its order.
std::vector<Parameter*> ParametersOf(nn::Module& module);

// Two groups: parameters of two or more axes with `weight_decay`, the others
// (biases, norms) with none. In BERT's sense of "matrix", embeddings are some.
std::vector<ParameterGroup> DecayMatricesOnly(nn::Module& module, double weight_decay);

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // Updates every parameter that has a gradient, with gradients multiplied by
  // `gradient_factor` (clipping). A dry optimizer (of dry parameters) makes its
  // state and computes nothing.
  virtual void Step(double learning_rate, double gradient_factor = 1) = 0;

  // Every piece of state under "<parameter>.<what>", in a fixed order; makes
  // what isn't there yet (zeros), so that a checkpoint can be read into it.
  virtual void VisitState(
      const std::function<void(const std::string& name, Tensor& tensor)>& visit) = 0;

  // Steps done. Restored with the state.
  int64_t step_count() const { return step_count_; }
  void set_step_count(int64_t count) { step_count_ = count; }

  const std::vector<Parameter*>& parameters() const { return parameters_; }

 protected:
  explicit Optimizer(std::vector<ParameterGroup> groups);
  double weight_decay(size_t parameter) const { return weight_decay_[parameter]; }
  // Zeros shaped as the parameter, from its allocator.
  static Tensor MakeState(const Parameter& parameter);

  int64_t step_count_ = 0;

 private:
  std::vector<Parameter*> parameters_;
  std::vector<double> weight_decay_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_OPTIMIZER_H_
