#include "ops/relu.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class ReluOp final : public UnaryOp {
 public:
  const char* name() const override { return "relu"; }
  Stages stages() const override { return kReadsOutput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 1, 1); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Relu(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.output(0), [](auto... a) { kernels::ReluBackward(a...); });
  }
};

}  // namespace

Variable Relu(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<ReluOp>(), std::move(x));
}

OpDefinition ReluDefinition() {
  return UnaryDefinition("relu", "y = max(x, 0)", Relu,
                         {SampleAwayFromZero({37}), SampleAwayFromZero({2, 3, 5})});
}

}  // namespace hairpin
