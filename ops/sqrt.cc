#include "ops/sqrt.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class SqrtOp final : public UnaryOp {
 public:
  const char* name() const override { return "sqrt"; }
  Stages stages() const override { return kReadsOutput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 1, 2); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Sqrt(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.output(0), [](auto... a) { kernels::SqrtBackward(a...); });
  }
};

}  // namespace

Variable Sqrt(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SqrtOp>(), std::move(x));
}

OpDefinition SqrtDefinition() {
  return UnaryDefinition("sqrt", "y = sqrt(x)", Sqrt,
                         {SampleUniform({37}, 0.2, 4), SampleUniform({2, 3, 5}, 0.2, 4)});
}

}  // namespace hairpin
