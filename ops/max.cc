#include "ops/max.h"

#include "ops/kernels/binary.h"
#include "ops/kernels/max.h"
#include "ops/kernels/reduce.h"
#include "ops/reduction.h"

namespace hairpin {
namespace {

class MaxOp final : public ReductionOp {
 public:
  using ReductionOp::ReductionOp;
  const char* name() const override { return "max"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const OutputSpecs outputs = ReductionOp::InferOutputs(inputs);
    HAIRPIN_CHECK(inputs[0].shape.num_elements() > 0 ||
                  outputs.specs[0].shape.num_elements() == 0)
        << "max: x " << inputs[0].shape << ", expected no empty axis among those reduced";
    return outputs;
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::MaxToShape(x.data<T>(), x.shape(), args.output(0).raw<T>(), Kept(x.shape()));
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .inputs = 0b1, .outputs = 0b1, .over_input = 0}};
    return kStages;
  }
  // dy / k of each output.
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    return Kept(inputs[0].shape).num_elements() * SizeOf(inputs[0].dtype);
  }
  // dx is made of 1 where x = y and else 0, of which the sums are the k's.
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &x = args.input(0), &dx = args.gradient(0);
    if (x.num_elements() == 0) return;
    const Shape& shape = x.shape();
    const Shape kept = Kept(shape);
    DispatchFloating(x.dtype(), [&]<class T>() {
      T* share = static_cast<T*>(args.workspace());
      kernels::Equal(x.data<T>(), shape, args.output(0).data<T>(), kept, /*accumulate=*/false,
                     dx.raw<T>(), shape);
      kernels::SumToShape(dx.data<T>(), shape, 1, /*accumulate=*/false, share, kept);
      kernels::Divide(args.upstream().data<T>(), kept, share, kept, /*accumulate=*/false, share,
                      kept);
      kernels::Multiply(dx.data<T>(), shape, share, kept, /*accumulate=*/false, dx.raw<T>(),
                        shape);
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = n, .backward_flops = 3 * n};
  }
};

// Whole multiples of 1/8, each once, in an order that looks random: no ties.
Tensor Distinct(const Shape& shape) {
  const int64_t n = shape.num_elements();
  Tensor x = SampleUniform(shape);
  const std::vector<double> drawn = x.ToDoubles();
  for (int64_t i = 0; i < n; ++i) {
    int64_t rank = 0;
    for (const double other : drawn) rank += other < drawn[i];
    x.raw<double>()[i] = 0.125 * static_cast<double>(rank - n / 2);
  }
  return x;
}

}  // namespace

Variable Max(Variable x, absl::Span<const int64_t> axes, bool keepdim) {
  Recording& recording = x.recording();
  const Shape shape = x.shape();
  return recording.Apply(recording.New<MaxOp>(shape, axes, keepdim), std::move(x));
}

Variable Max(Variable x) {
  const absl::Span<const int64_t> axes = AllAxes(x.shape());
  return Max(std::move(x), axes);
}

OpDefinition MaxDefinition() {
  return ReductionDefinition("max", "y = max of x over axes", Max, Distinct);
}

}  // namespace hairpin
