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
//
// Steps are counted for all parameters together, where PyTorch counts for each:
// the same, unless a parameter gets its first gradient later than others.
#ifndef HAIRPIN_OPTIM_OPTIMIZER_H_
#define HAIRPIN_OPTIM_OPTIMIZER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
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
  void Step(double learning_rate, double gradient_factor = 1);

  // Every piece of state under "<parameter>.<what>", in a fixed order; makes
  // what isn't there yet, so that a checkpoint can be read into it.
  void VisitState(const std::function<void(const std::string& name, Tensor& tensor)>& visit);

  // Steps done. Restored with the state.
  int64_t step_count() const { return step_count_; }
  void set_step_count(int64_t count) { step_count_ = count; }

  const std::vector<Parameter*>& parameters() const { return parameters_; }

 protected:
  // What an optimizer's own part is given: the step as it was asked for, the
  // group's decay, and the step's number 1, 2, ...
  struct Update {
    double learning_rate = 0;
    double gradient_factor = 1;
    double weight_decay = 0;
    int64_t number = 1;
  };

  // Each parameter has a tensor of its own shape for each name of `state` ("m"),
  // filled with `initial_state`.
  Optimizer(std::vector<ParameterGroup> groups, std::vector<std::string> state,
            double initial_state = 0);

  // Changes a parameter that has a gradient, and its state in the order of the names.
  virtual void UpdateParameter(const Update& update, Parameter& parameter,
                               absl::Span<const Tensor> state) const = 0;

 private:
  void MakeState();

  std::vector<Parameter*> parameters_;
  std::vector<double> weight_decay_;
  std::vector<std::string> state_names_;
  double initial_state_;
  std::vector<Tensor> state_;  // by parameter, then name; made at the first step
  int64_t step_count_ = 0;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_OPTIMIZER_H_
