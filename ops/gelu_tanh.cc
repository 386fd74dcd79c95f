#include "ops/gelu_tanh.h"

#include "ops/kernels/gelu.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class GeluTanhOp final : public UnaryOp {
 public:
  const char* name() const override { return "gelu_tanh"; }
  Stages stages() const override { return kReadsInput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 24, 30); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::GeluTanh(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.input(0), [](auto... a) { kernels::GeluTanhBackward(a...); });
  }
};

}  // namespace

Variable GeluTanh(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<GeluTanhOp>(), std::move(x));
}

OpDefinition GeluTanhDefinition() {
  return UnaryDefinition(
      "gelu_tanh", "y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2", GeluTanh,
      {SampleUniform({37}, -4, 4), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
