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

// Parameters that share settings. Groups by patterns of names: optim/group_rules.h.
struct ParameterGroup {
  std::vector<Parameter*> parameters;
  double weight_decay = 0;
  double learning_rate_factor = 1;  // of the rate that Step is given
  // Of Muon (optim/muon.h): AdamW for its matrices, too. Others don't look at it.
  bool elementwise = false;
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
  // What an optimizer's own part is given: the step as it was asked for with the
  // group's settings, the step's number 1, 2, ..., and ScratchBytes of memory.
  struct Update {
    double learning_rate = 0;
    double gradient_factor = 1;
    double weight_decay = 0;
    int64_t number = 1;
    void* scratch = nullptr;
  };

  // The names of a parameter's state ("m"). Each is a tensor of the parameter's shape,
  // filled with `initial_state`.
  using StateRule =
      std::function<std::vector<std::string>(const ParameterGroup&, const Parameter&)>;
  Optimizer(const std::vector<ParameterGroup>& groups, const StateRule& state,
            double initial_state = 0);
  // The same names for every parameter.
  Optimizer(const std::vector<ParameterGroup>& groups, const std::vector<std::string>& state,
            double initial_state = 0);

  // Of memory that an update needs and leaves, aligned to 64; 0: none. Asked at each step.
  virtual int64_t ScratchBytes() const { return 0; }

  // Changes a parameter that has a gradient, and its state in the order of the names.
  virtual void UpdateParameter(const Update& update, Parameter& parameter,
                               absl::Span<const Tensor> state) const = 0;

 private:
  // What parameters_[i] has beside its value.
  struct Settings {
    double weight_decay, learning_rate_factor;
    std::vector<std::string> state_names;
    std::vector<Tensor> state;  // made at the first step
  };
  void MakeState();

  std::vector<Parameter*> parameters_;
  std::vector<Settings> settings_;
  double initial_state_;
  bool has_state_ = false;
  int64_t step_count_ = 0;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_OPTIMIZER_H_
