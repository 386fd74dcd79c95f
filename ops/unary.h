// What elementwise operations of one input have in common: y[i] = f(x[i]),
// dx[i] = f'(x[i] or y[i]) dy[i]. An operation adds its name, its two kernels
// and what backward reads; ops/gelu.cc is the example.
#ifndef HAIRPIN_OPS_UNARY_H_
#define HAIRPIN_OPS_UNARY_H_

#include <functional>
#include <string>
#include <vector>

#include "autograd/op.h"
#include "ops/definition.h"

namespace hairpin {

class UnaryOp : public Op {
 public:
  OutputSpecs InferOutputs(Specs inputs) const override;
  // The output may be written over the input.
  int overwrites() const override { return 0; }

 protected:
  ~UnaryOp() = default;

  // f' is a function of x: the input is saved.
  static constexpr BackwardStage kReadsInput[] = {
      {.gradients = 0b1, .inputs = 0b1, .accumulates = 0b1, .over_upstream = 0}};
  // f' is a function of y: the output is saved.
  static constexpr BackwardStage kReadsOutput[] = {
      {.gradients = 0b1, .outputs = 0b1, .accumulates = 0b1, .over_upstream = 0}};
  // f' is a constant: nothing is saved.
  static constexpr BackwardStage kReadsNothing[] = {
      {.gradients = 0b1, .accumulates = 0b1, .over_upstream = 0}};

  static Cost PerElement(Specs inputs, int64_t forward_flops, int64_t backward_flops) {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = forward_flops * n, .backward_flops = backward_flops * n};
  }

  // kernel(x, n, y), for the input's dtype.
  template <class Kernel>
  static void Elementwise(const ForwardArgs& args, const Kernel& kernel) {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernel(x.data<T>(), x.num_elements(), args.output(0).template raw<T>());
    });
  }
  // kernel(saved, dy, n, accumulate, dx): dx (=|+=) f'(saved) dy.
  template <class Kernel>
  static void ElementwiseBackward(const BackwardArgs& args, const Tensor& saved,
                                  const Kernel& kernel) {
    const Tensor& dy = args.upstream();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      kernel(saved.data<T>(), dy.data<T>(), dy.num_elements(), args.accumulate(0),
             args.gradient(0).template raw<T>());
    });
  }
};

// A definition without attributes, with one sample for each input.
OpDefinition UnaryDefinition(const std::string& name, const std::string& formula,
                             Variable (*function)(Variable), std::vector<Tensor> samples);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_UNARY_H_
