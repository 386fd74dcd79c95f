#include "ops/tanh.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class TanhOp final : public UnaryOp {
 public:
  const char* name() const override { return "tanh"; }
  Stages stages() const override { return kReadsOutput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 16, 3); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Tanh(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.output(0), [](auto... a) { kernels::TanhBackward(a...); });
  }
};

}  // namespace

Variable Tanh(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<TanhOp>(), std::move(x));
}

OpDefinition TanhDefinition() {
  return UnaryDefinition("tanh", "y = tanh(x)", Tanh,
                         {SampleUniform({37}), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
