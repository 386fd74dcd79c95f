#include "ops/max_pool2d.h"

namespace hairpin {
namespace {

class MaxPool2dOp final : public Pool2dOp {
 public:
  using Pool2dOp::Pool2dOp;
  const char* name() const override { return "max_pool2d"; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::MaxPool2d<T>(KernelShape(x.shape()), x.data<T>(), args.output(0).raw<T>(),
                            args.workspace());
    });
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .inputs = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::MaxPool2dBackward<T>(KernelShape(x.shape()), x.data<T>(), args.upstream().data<T>(),
                                    args.accumulate(0), args.gradient(0).raw<T>(),
                                    args.workspace());
    });
  }
};

}  // namespace

Variable MaxPool2d(Variable x, const Pool2dOptions& options) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<MaxPool2dOp>(options), std::move(x));
}

OpDefinition MaxPool2dDefinition() {
  return Pool2dDefinition("max_pool2d", "y = max of x over windows", MaxPool2d);
}

}  // namespace hairpin
