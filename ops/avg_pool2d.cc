#include "ops/avg_pool2d.h"

namespace hairpin {
namespace {

class AvgPool2dOp final : public Pool2dOp {
 public:
  using Pool2dOp::Pool2dOp;
  const char* name() const override { return "avg_pool2d"; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::AvgPool2d<T>(KernelShape(x.shape()), x.data<T>(), args.output(0).raw<T>(),
                            args.workspace());
    });
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    DispatchFloating(args.upstream().dtype(), [&]<class T>() {
      kernels::AvgPool2dBackward<T>(KernelShape(args.input_spec(0).shape),
                                    args.upstream().data<T>(), args.accumulate(0),
                                    args.gradient(0).raw<T>(), args.workspace());
    });
  }
};

}  // namespace

Variable AvgPool2d(Variable x, const Pool2dOptions& options) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<AvgPool2dOp>(options), std::move(x));
}

OpDefinition AvgPool2dDefinition() {
  return Pool2dDefinition("avg_pool2d", "y = mean of x over windows", AvgPool2d);
}

}  // namespace hairpin
