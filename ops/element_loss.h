// What losses of two arrays of one shape have in common: a scalar, the sum or
// mean over elements of f(x, target). An operation adds its name, its cost and
// its two kernels; ops/mse.cc is the example.
#ifndef HAIRPIN_OPS_ELEMENT_LOSS_H_
#define HAIRPIN_OPS_ELEMENT_LOSS_H_

#include <string>

#include "autograd/op.h"
#include "ops/definition.h"
#include "ops/loss.h"

namespace hairpin {

class ElementLossOp : public Op {
 public:
  explicit ElementLossOp(Reduction reduction) : reduction_(reduction) {}
  // CHECKs one floating dtype and one shape.
  OutputSpecs InferOutputs(Specs inputs) const override;
  void WriteAttributes(Attributes* attributes) const override;

 protected:
  ~ElementLossOp() = default;

  // kernel(x, target, n): the sum over elements, in double.
  template <class Kernel>
  void SumOf(const ForwardArgs& args, const Kernel& kernel) const {
    const Tensor& x = args.input(0);
    const int64_t n = x.num_elements();
    DispatchFloating(x.dtype(), [&]<class T>() {
      *args.output(0).template raw<T>() =
          static_cast<T>(kernel(x.data<T>(), args.input(1).template data<T>(), n) / Terms(n));
    });
  }
  // kernel(factor, n, accumulate, gradient): gradient (=|+=) factor df, for the
  // gradient of `input`; the factor is dloss, over n for a mean.
  template <class Kernel>
  void SlopesOf(const BackwardArgs& args, int input, const Kernel& kernel) const {
    const Tensor& gradient = args.gradient(input);
    const int64_t n = gradient.num_elements();
    DispatchFloating(gradient.dtype(), [&]<class T>() {
      kernel(static_cast<double>(*args.upstream().template data<T>()) / Terms(n), n,
             args.accumulate(input), gradient.template raw<T>());
    });
  }

 private:
  // What the sum is divided by. The mean of nothing is NaN, as in PyTorch.
  double Terms(int64_t n) const {
    return reduction_ == Reduction::kMean ? static_cast<double>(n) : 1;
  }

  Reduction reduction_;
};

// apply reads the attribute "reduction", and otherwise takes the mean. Samples:
// x in [-2, 2), targets in [0, 1).
OpDefinition ElementLossDefinition(const std::string& name, const std::string& formula,
                                   const std::string& x_name,
                                   Variable (*function)(Variable, Variable, Reduction));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_ELEMENT_LOSS_H_
