#include "ops/log.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class LogOp final : public UnaryOp {
 public:
  const char* name() const override { return "log"; }
  Stages stages() const override { return kReadsInput; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 15, 1); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Log(a...); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.input(0), [](auto... a) { kernels::LogBackward(a...); });
  }
};

}  // namespace

Variable Log(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<LogOp>(), std::move(x));
}

OpDefinition LogDefinition() {
  return UnaryDefinition("log", "y = ln(x)", Log,
                         {SampleUniform({37}, 0.2, 4), SampleUniform({2, 3, 5}, 0.2, 4)});
}

}  // namespace hairpin
