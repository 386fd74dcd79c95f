#include "ops/bce_with_logits.h"

#include "ops/element_loss.h"
#include "ops/kernels/loss.h"
#include "ops/kernels/unary.h"

namespace hairpin {
namespace {

class BceWithLogitsOp final : public ElementLossOp {
 public:
  using ElementLossOp::ElementLossOp;
  const char* name() const override { return "bce_with_logits"; }

  void Forward(const ForwardArgs& args) const override {
    SumOf(args, [](auto... a) { return kernels::BceWithLogits(a...); });
  }

  // First dt = -x dloss, for targets that are themselves computed; then dx.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b10, .inputs = 0b01, .accumulates = 0b10},
        {.gradients = 0b01, .inputs = 0b11, .accumulates = 0b01, .over_input = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& x = args.input(0);
    if (stage == 0) {
      SlopesOf(args, 1, [&]<class T>(double factor, int64_t n, bool accumulate, T* dt) {
        kernels::Scale(x.data<T>(), -factor, n, accumulate, dt);
      });
    } else {
      SlopesOf(args, 0, [&]<class T>(double factor, int64_t n, bool accumulate, T* dx) {
        kernels::BceWithLogitsBackward(x.data<T>(), args.input(1).data<T>(), factor, n,
                                       accumulate, dx);
      });
    }
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 40 * n, .backward_flops = 19 * n};
  }
};

}  // namespace

Variable BceWithLogits(Variable logits, Variable target, Reduction reduction) {
  Recording& recording = logits.recording();
  return recording.Apply(recording.New<BceWithLogitsOp>(reduction), std::move(logits),
                         std::move(target));
}

OpDefinition BceWithLogitsDefinition() {
  return ElementLossDefinition("bce_with_logits",
                               "loss = sum or mean of log(1 + exp(x)) - target x", "logits",
                               BceWithLogits);
}

}  // namespace hairpin
