// What functions over one axis have in common whose gradient is a function of
// the output: softmax and log-softmax. An operation adds its name, its cost and
// its two kernels over [outer, n, inner]; ops/softmax.cc is the example.
#ifndef HAIRPIN_OPS_ALONG_AXIS_H_
#define HAIRPIN_OPS_ALONG_AXIS_H_

#include <string>

#include "autograd/op.h"
#include "ops/definition.h"

namespace hairpin {

class AlongAxisOp : public Op {
 public:
  explicit AlongAxisOp(int axis) : axis_(axis) {}
  // CHECKs a floating dtype and that there is such an axis.
  OutputSpecs InferOutputs(Specs inputs) const override;
  // The output may be written over the input.
  int overwrites() const override { return 0; }
  // Reads the output; the gradient may be written over dy.
  Stages stages() const override;
  void WriteAttributes(Attributes* attributes) const override;

 protected:
  ~AlongAxisOp() = default;

  // kernel(x, outer, n, inner, y), for the input's dtype.
  template <class Kernel>
  void AlongAxis(const ForwardArgs& args, const Kernel& kernel) const {
    const Tensor& x = args.input(0);
    if (x.num_elements() == 0) return;
    const Extents e = ExtentsOf(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernel(x.data<T>(), e.outer, e.n, e.inner, args.output(0).template raw<T>());
    });
  }
  // kernel(y, dy, outer, n, inner, accumulate, dx).
  template <class Kernel>
  void AlongAxisBackward(const BackwardArgs& args, const Kernel& kernel) const {
    const Tensor &y = args.output(0), &dy = args.upstream();
    if (y.num_elements() == 0) return;
    const Extents e = ExtentsOf(y.shape());
    DispatchFloating(y.dtype(), [&]<class T>() {
      kernel(y.data<T>(), dy.data<T>(), e.outer, e.n, e.inner, args.accumulate(0),
             args.gradient(0).template raw<T>());
    });
  }

 private:
  struct Extents {
    int64_t outer, n, inner;
  };
  Extents ExtentsOf(const Shape& shape) const;

  int axis_;
};

// apply reads the attribute "axis".
OpDefinition AlongAxisDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, int));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_ALONG_AXIS_H_
