#include "ops/exp.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class ExpOp final : public UnaryOp {
 public:
  const char* name() const override { return "exp"; }
  Stages stages() const override { return kReadsOutput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 12, 1); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Exp(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.output(0), [](auto... a) { kernels::ExpBackward(a...); });
  }
};

}  // namespace

Variable Exp(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<ExpOp>(), std::move(x));
}

OpDefinition ExpDefinition() {
  return UnaryDefinition("exp", "y = exp(x)", Exp,
                         {SampleUniform({37}), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
