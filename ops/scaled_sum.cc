#include "ops/scaled_sum.h"

#include "ops/kernels/binary.h"
#include "ops/kernels/reduce.h"

namespace hairpin {

double ScaledSumOp::ScaleFor(const Shape& x) const {
  const Shape kept = Kept(x);
  int64_t count = 1;
  for (int axis = 0; axis < x.rank(); ++axis) count *= kept[axis] == x[axis] ? 1 : x[axis];
  return Scale(count);
}

void ScaledSumOp::Forward(const ForwardArgs& args) const {
  const Tensor& x = args.input(0);
  DispatchFloating(x.dtype(), [&]<class T>() {
    kernels::SumToShape(x.data<T>(), x.shape(), ScaleFor(x.shape()), /*accumulate=*/false,
                        args.output(0).raw<T>(), Kept(x.shape()));
  });
}

Stages ScaledSumOp::stages() const {
  static constexpr BackwardStage kStages[] = {{.gradients = 0b1}};
  return kStages;
}

// dx = scale * dy, each element of dy in all places that were summed into it.
void ScaledSumOp::Backward(int stage, const BackwardArgs& args) const {
  const Tensor &dy = args.upstream(), &dx = args.gradient(0);
  if (dx.num_elements() == 0) return;
  DispatchFloating(dx.dtype(), [&]<class T>() {
    const T scale = static_cast<T>(ScaleFor(dx.shape()));
    kernels::Multiply(dy.data<T>(), Kept(dx.shape()), &scale, Shape(), /*accumulate=*/false,
                      dx.raw<T>(), dx.shape());
  });
}

Cost ScaledSumOp::cost(Specs inputs) const {
  const int64_t n = inputs[0].shape.num_elements();
  return {.forward_flops = n, .backward_flops = n};
}

OpDefinition ScaledSumDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>,
                                                      bool)) {
  return ReductionDefinition(name, formula, function,
                             [](const Shape& shape) { return SampleUniform(shape); });
}

}  // namespace hairpin
