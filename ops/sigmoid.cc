#include "ops/sigmoid.h"

#include "ops/kernels/sigmoid.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class SigmoidOp final : public UnaryOp {
 public:
  const char* name() const override { return "sigmoid"; }
  Stages stages() const override { return kReadsOutput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 16, 3); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Sigmoid(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.output(0), [](auto... a) { kernels::SigmoidBackward(a...); });
  }
};

}  // namespace

Variable Sigmoid(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SigmoidOp>(), std::move(x));
}

OpDefinition SigmoidDefinition() {
  return UnaryDefinition("sigmoid", "y = 1 / (1 + exp(-x))", Sigmoid,
                         {SampleUniform({37}, -4, 4), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
