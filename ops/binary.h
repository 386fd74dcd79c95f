// What elementwise operations of two inputs have in common: shapes that
// broadcast as NumPy's do, and gradients written over the output's shape, which
// the graph sums to each input's. An operation adds its name, its kernel and
// how its gradients are made; ops/mul.cc is the example.
#ifndef HAIRPIN_OPS_BINARY_H_
#define HAIRPIN_OPS_BINARY_H_

#include <string>
#include <vector>

#include "autograd/op.h"
#include "ops/definition.h"

namespace hairpin {

class BinaryOp : public Op {
 public:
  // CHECKs one floating dtype and shapes that broadcast.
  OutputSpecs InferOutputs(Specs inputs) const override;
  // The output may be written over a, where it has a's shape.
  int overwrites() const override { return 0; }
  Cost cost(Specs inputs) const override;

 protected:
  ~BinaryOp() = default;

  // kernel(a, a_shape, b, b_shape, accumulate, y, y_shape) in the inputs' dtype.
  template <class Kernel>
  static void Elementwise(const ForwardArgs& args, const Kernel& kernel) {
    const Tensor &a = args.input(0), &b = args.input(1), &y = args.output(0);
    DispatchFloating(y.dtype(), [&]<class T>() {
      kernel(a.data<T>(), a.shape(), b.data<T>(), b.shape(), /*accumulate=*/false,
             y.template raw<T>(), y.shape());
    });
  }
};

// A definition without attributes. Samples: the shapes [37], [2, 3, 5] and
// pairs that broadcast in one or both directions, made by `sample(shape, seed)`
// for a and by `sample_b` for b.
OpDefinition BinaryDefinition(const std::string& name, const std::string& formula,
                              Variable (*function)(Variable, Variable),
                              Tensor (*sample_a)(const Shape&, uint64_t seed),
                              Tensor (*sample_b)(const Shape&, uint64_t seed));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_BINARY_H_
