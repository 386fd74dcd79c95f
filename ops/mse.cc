#include "ops/mse.h"

#include "ops/element_loss.h"
#include "ops/kernels/loss.h"

namespace hairpin {
namespace {

class MseOp final : public ElementLossOp {
 public:
  using ElementLossOp::ElementLossOp;
  const char* name() const override { return "mse"; }

  void Forward(const ForwardArgs& args) const override {
    SumOf(args, [](auto... a) { return kernels::SquaredError(a...); });
  }

  // First dt, which is dx with x and t exchanged; then dx.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b10, .inputs = 0b11, .accumulates = 0b10},
        {.gradients = 0b01, .inputs = 0b11, .accumulates = 0b01, .over_input = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const int own = stage == 0 ? 1 : 0;
    SlopesOf(args, own, [&]<class T>(double factor, int64_t n, bool accumulate, T* gradient) {
      kernels::SquaredErrorBackward(args.input(own).data<T>(), args.input(1 - own).data<T>(),
                                    factor, n, accumulate, gradient);
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 3 * n, .backward_flops = 6 * n};
  }
};

}  // namespace

Variable Mse(Variable x, Variable target, Reduction reduction) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<MseOp>(reduction), std::move(x), std::move(target));
}

OpDefinition MseDefinition() {
  return ElementLossDefinition("mse", "loss = sum or mean of (x - target)^2", "input", Mse);
}

}  // namespace hairpin
