#include "ops/gelu.h"

#include "ops/kernels/gelu.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class GeluOp final : public UnaryOp {
 public:
  const char* name() const override { return "gelu"; }
  Stages stages() const override { return kReadsInput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 20, 30); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Gelu(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.input(0), [](auto... a) { kernels::GeluBackward(a...); });
  }
};

}  // namespace

Variable Gelu(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<GeluOp>(), std::move(x));
}

OpDefinition GeluDefinition() {
  return UnaryDefinition("gelu", "y = x (1 + erf(x / sqrt 2)) / 2", Gelu,
                         {SampleUniform({37}, -4, 4), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
