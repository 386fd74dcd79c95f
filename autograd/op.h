// Op: one differentiable operation, defined in one place.
//
//   class Exp final : public Op {                       // y = exp(x)
//    public:
//     const char* name() const override { return "exp"; }
//     OutputSpecs InferOutputs(Specs inputs) const override { return {inputs[0]}; }
//     void Forward(const ForwardArgs& args) const override;      // fills args.output(0)
//     Stages stages() const override {                           // dx = y dy
//       static constexpr BackwardStage kStages[] = {
//           {.gradients = 0b1, .outputs = 0b1, .accumulates = 0b1}};
//       return kStages;
//     }
//     void Backward(int stage, const BackwardArgs& args) const override;
//     Cost cost(Specs inputs) const override;
//   };
//
// Two rules keep every door open (replay, dry recordings, plans of memory):
//  - An Op never allocates. It declares shapes, workspace and what may be
//    overwritten; the graph hands it destinations and scratch.
//  - An Op has no side effects and no state but its attributes. Forward is a
//    pure function of inputs and attributes, so it can run again at any time
//    and give the same bits.
//
// An Op lives in its recording's arena and is never destroyed: its members are
// trivially destructible (no vector, no string).
#ifndef HAIRPIN_AUTOGRAD_OP_H_
#define HAIRPIN_AUTOGRAD_OP_H_

#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"
#include "autograd/attributes.h"
#include "tensor/check.h"
#include "tensor/tensor.h"

namespace hairpin {

using Specs = absl::Span<const TensorSpec>;

// What Forward fills: outputs that the caller sees, then extras, which only
// backward reads (the reciprocal deviation of LayerNorm).
struct OutputSpecs {
  static constexpr int kMax = 4;
  OutputSpecs() = default;
  OutputSpecs(std::initializer_list<TensorSpec> outputs,
              std::initializer_list<TensorSpec> extras = {});
  int num_outputs = 0;
  int num_extras = 0;
  TensorSpec specs[kMax];
};

// Some gradients of an operation, computed together. Stages run in order, each
// only if one of its gradients is needed; what it has saved is freed when it
// has run. So a product that takes the weight's gradient in its first stage
// frees its input before the input's gradient is made. Masks: bit i is input i,
// or output i with extras counted after the outputs.
struct BackwardStage {
  // Inputs whose gradients this stage computes.
  uint32_t gradients = 0;
  // Inputs, and outputs with extras, whose values it reads.
  uint32_t inputs = 0;
  uint32_t outputs = 0;
  // Gradients that it can add to what the destination holds (args.accumulate).
  // For others the graph computes aside and adds.
  uint32_t accumulates = 0;
  // Gradients that are the upstream gradient of output 0 itself, in the input's
  // shape: handed on without a kernel. (If all are, Backward isn't called.)
  uint32_t passes = 0;
  // Gradients that Backward writes in the shape of output 0, though the input
  // was broadcast: the graph sums them to the input's shape. Also with passes.
  uint32_t broadcasts = 0;
  // The one gradient, if any, that may be written over the upstream gradient
  // of output 0, or over the saved value of the same input.
  int8_t over_upstream = -1;
  int8_t over_input = -1;
};
using Stages = absl::Span<const BackwardStage>;

// How dear an operation is. What a policy of recomputation weighs.
struct Cost {
  // Floating-point operations (a multiply-add is two) of Forward, and of
  // Backward for all gradients.
  int64_t forward_flops = 0;
  int64_t backward_flops = 0;
  // Cheap to run again for the memory that its output takes: bound by memory
  // bandwidth. False for products.
  bool cheap = true;
};

// Destinations and scratch of Forward. Tensors are contiguous.
class ForwardArgs {
 public:
  ForwardArgs(absl::Span<const Tensor* const> inputs, absl::Span<const Tensor> outputs,
              void* workspace)
      : inputs_(inputs), outputs_(outputs), workspace_(workspace) {}
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const Tensor& input(int i) const { return *inputs_[i]; }
  // Outputs, then extras. Unspecified contents; may share memory with the input
  // that the Op named in overwrites().
  const Tensor& output(int i) const { return outputs_[i]; }
  void* workspace() const { return workspace_; }

 private:
  absl::Span<const Tensor* const> inputs_;
  absl::Span<const Tensor> outputs_;
  void* workspace_;
};

// What a stage of Backward works on.
class BackwardArgs {
 public:
  struct Gradient {
    Tensor destination;       // null if nobody needs it
    bool accumulate = false;  // add to the contents instead of replacing them
  };
  BackwardArgs(absl::Span<const Tensor* const> inputs, absl::Span<const Tensor* const> outputs,
               absl::Span<const Tensor> upstream, absl::Span<const Gradient> gradients,
               Specs input_specs, void* workspace)
      : inputs_(inputs), outputs_(outputs), upstream_(upstream), gradients_(gradients),
        input_specs_(input_specs), workspace_(workspace) {}
  // A saved input; only those that the stage named.
  const Tensor& input(int i) const { return Saved(inputs_, i); }
  // A saved output or extra; only those that the stage named.
  const Tensor& output(int i) const { return Saved(outputs_, i); }
  // The shape and dtype of any input, saved or not.
  const TensorSpec& input_spec(int i) const { return input_specs_[i]; }
  int num_inputs() const { return static_cast<int>(input_specs_.size()); }
  // The gradient of the loss by output i (no extras). Null only for an output
  // that has none, of an operation with several.
  const Tensor& upstream(int i = 0) const { return upstream_[i]; }
  bool needs(int input) const { return static_cast<bool>(gradients_[input].destination); }
  const Tensor& gradient(int input) const { return gradients_[input].destination; }
  bool accumulate(int input) const { return gradients_[input].accumulate; }
  void* workspace() const { return workspace_; }

 private:
  static const Tensor& Saved(absl::Span<const Tensor* const> values, int i) {
    HAIRPIN_CHECK(values[i] != nullptr) << "Backward reads value " << i << ", which its stage "
                                        << "does not name as saved";
    return *values[i];
  }
  absl::Span<const Tensor* const> inputs_, outputs_;
  absl::Span<const Tensor> upstream_;
  absl::Span<const Gradient> gradients_;
  Specs input_specs_;
  void* workspace_;
};

class Op {
 public:
  // The name in the registry: "softmax".
  virtual const char* name() const = 0;

  // The shape rule: from the inputs' dtypes and shapes to those of outputs and
  // extras. CHECKs with the name, the shapes and the rule when they don't fit.
  // Called also with upper bounds of sizes that depend on the data, so it must
  // grow with its inputs.
  virtual OutputSpecs InferOutputs(Specs inputs) const = 0;

  // Fills the outputs and extras. Not called where all outputs are views.
  virtual void Forward(const ForwardArgs& args) const = 0;

  // How gradients are computed and what that reads. Empty: no gradients at all.
  virtual Stages stages() const = 0;

  // Computes the needed gradients of one stage.
  virtual void Backward(int stage, const BackwardArgs& args) const = 0;

  virtual Cost cost(Specs inputs) const = 0;

  // Bytes of scratch for these inputs, with the present number of threads.
  virtual int64_t ForwardWorkspaceBytes(Specs inputs) const { return 0; }
  virtual int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const { return 0; }

  // The input whose memory output 0 may take over if nobody else reads it; -1
  // for none. Forward then sees input and output at the same address.
  virtual int overwrites() const { return -1; }

  // Output 0 is input 0's numbers under another shape: no memory, no Forward.
  virtual bool is_view() const { return false; }

  // Writes what makes this operation again from the registry.
  virtual void WriteAttributes(Attributes* attributes) const {}

 protected:
  ~Op() = default;
};

inline OutputSpecs::OutputSpecs(std::initializer_list<TensorSpec> outputs,
                                std::initializer_list<TensorSpec> extras)
    : num_outputs(static_cast<int>(outputs.size())), num_extras(static_cast<int>(extras.size())) {
  HAIRPIN_CHECK(num_outputs + num_extras <= kMax) << "an operation has at most " << kMax
                                                  << " outputs and extras";
  int i = 0;
  for (const TensorSpec& spec : outputs) specs[i++] = spec;
  for (const TensorSpec& spec : extras) specs[i++] = spec;
}

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_OP_H_
