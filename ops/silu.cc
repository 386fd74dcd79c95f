#include "ops/silu.h"

#include "ops/kernels/sigmoid.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class SiluOp final : public UnaryOp {
 public:
  const char* name() const override { return "silu"; }
  Stages stages() const override { return kReadsInput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 17, 21); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Silu(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.input(0), [](auto... a) { kernels::SiluBackward(a...); });
  }
};

}  // namespace

Variable Silu(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SiluOp>(), std::move(x));
}

OpDefinition SiluDefinition() {
  return UnaryDefinition("silu", "y = x / (1 + exp(-x))", Silu,
                         {SampleUniform({37}, -4, 4), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
