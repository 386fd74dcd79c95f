#include "ops/permutation.h"

#include "ops/kernels/copy.h"

namespace hairpin {

PermutationOp::PermutationOp(absl::Span<const int> axes) : rank_(static_cast<int>(axes.size())) {
  for (int axis = 0; axis < rank_; ++axis) {
    axes_[axis] = axes[axis];
    inverse_[axes[axis]] = axis;
  }
}

OutputSpecs PermutationOp::InferOutputs(Specs inputs) const {
  const TensorSpec& x = inputs[0];
  HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == rank_)
      << name() << ": found " << x.dtype << " " << x.shape << ", expected floating with " << rank_
      << " axes";
  int64_t sizes[Shape::kMaxRank];
  for (int axis = 0; axis < rank_; ++axis) sizes[axis] = x.shape[axes_[axis]];
  return {{x.dtype, Shape(absl::MakeConstSpan(sizes, rank_))}};
}

void PermutationOp::Forward(const ForwardArgs& args) const {
  const Tensor& x = args.input(0);
  DispatchFloating(x.dtype(), [&]<class T>() {
    kernels::Permute(x.data<T>(), x.shape(), axes_, /*accumulate=*/false,
                     args.output(0).raw<T>());
  });
}

Stages PermutationOp::stages() const {
  static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
  return kStages;
}

void PermutationOp::Backward(int stage, const BackwardArgs& args) const {
  const Tensor& dy = args.upstream();
  DispatchFloating(dy.dtype(), [&]<class T>() {
    kernels::Permute(dy.data<T>(), dy.shape(), inverse_, args.accumulate(0),
                     args.gradient(0).raw<T>());
  });
}

Cost PermutationOp::cost(Specs inputs) const {
  const int64_t n = inputs[0].shape.num_elements();
  return {.forward_flops = n, .backward_flops = n};
}

}  // namespace hairpin
