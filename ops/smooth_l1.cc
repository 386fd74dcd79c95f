#include "ops/smooth_l1.h"

#include <vector>

#include "ops/element_loss.h"
#include "ops/kernels/loss.h"

namespace hairpin {
namespace {

class SmoothL1Op final : public ElementLossOp {
 public:
  SmoothL1Op(Reduction reduction, double beta) : ElementLossOp(reduction), beta_(beta) {}
  const char* name() const override { return "smooth_l1"; }

  void Forward(const ForwardArgs& args) const override {
    SumOf(args, [&](auto x, auto target, int64_t n) {
      return kernels::SmoothL1(x, target, beta_, n);
    });
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
      kernels::SmoothL1Backward(args.input(own).data<T>(), args.input(1 - own).data<T>(), beta_,
                                factor, n, accumulate, gradient);
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 6 * n, .backward_flops = 10 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    ElementLossOp::WriteAttributes(attributes);
    SetNumber(attributes, "beta", beta_);
  }

 private:
  double beta_;
};

}  // namespace

Variable SmoothL1(Variable x, Variable target, Reduction reduction, double beta) {
  HAIRPIN_CHECK(beta > 0) << "smooth_l1: beta " << beta << ", expected more than 0";
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SmoothL1Op>(reduction, beta), std::move(x),
                         std::move(target));
}

OpDefinition SmoothL1Definition() {
  OpDefinition definition = ElementLossDefinition(
      "smooth_l1", "loss = sum or mean of d^2 / (2 beta) where |d| < beta, else |d| - beta / 2",
      "input", [](Variable x, Variable target, Reduction reduction) {
        return SmoothL1(std::move(x), std::move(target), reduction);
      });
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        SmoothL1(x[0], x[1], GetReduction(attributes, "smooth_l1", Reduction::kMean),
                 GetNumber(attributes, "beta", 1))};
  };
  // No sample lies near |d| = 0.7, where the slope has a kink.
  for (OpSample& sample : definition.samples) SetNumber(&sample.attributes, "beta", 0.7);
  return definition;
}

}  // namespace hairpin
