#include "ops/log_softmax.h"

#include "ops/along_axis.h"
#include "ops/kernels/log_softmax.h"

namespace hairpin {
namespace {

class LogSoftmaxOp final : public AlongAxisOp {
 public:
  using AlongAxisOp::AlongAxisOp;
  const char* name() const override { return "log_softmax"; }

  void Forward(const ForwardArgs& args) const override {
    AlongAxis(args, [](auto... a) { kernels::LogSoftmax(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    AlongAxisBackward(args, [](auto... a) { kernels::LogSoftmaxBackward(a...); });
  }
  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 20 * n, .backward_flops = 18 * n};
  }
};

}  // namespace

Variable LogSoftmax(Variable x, int axis) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<LogSoftmaxOp>(axis), std::move(x));
}

OpDefinition LogSoftmaxDefinition() {
  return AlongAxisDefinition("log_softmax", "y = x - log(sum exp(x)) over one axis", LogSoftmax);
}

}  // namespace hairpin
