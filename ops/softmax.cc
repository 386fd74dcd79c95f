#include "ops/softmax.h"

#include "ops/along_axis.h"
#include "ops/kernels/softmax.h"

namespace hairpin {
namespace {

class SoftmaxOp final : public AlongAxisOp {
 public:
  using AlongAxisOp::AlongAxisOp;
  const char* name() const override { return "softmax"; }

  void Forward(const ForwardArgs& args) const override {
    AlongAxis(args, [](auto... a) { kernels::Softmax(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    AlongAxisBackward(args, [](auto... a) { kernels::SoftmaxBackward(a...); });
  }
  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 20 * n, .backward_flops = 4 * n};
  }
};

}  // namespace

Variable Softmax(Variable x, int axis) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SoftmaxOp>(axis), std::move(x));
}

OpDefinition SoftmaxDefinition() {
  return AlongAxisDefinition("softmax", "y = exp(x) / sum exp(x) over one axis", Softmax);
}

}  // namespace hairpin
