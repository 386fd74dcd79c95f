#include "ops/neg.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class NegOp final : public UnaryOp {
 public:
  const char* name() const override { return "neg"; }
  Stages stages() const override { return kReadsNothing; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 1, 1); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto* x, int64_t n, auto* y) {
      kernels::Scale(x, -1, n, /*accumulate=*/false, y);
    });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.upstream(),
                        [](auto*, auto* dy, int64_t n, bool accumulate, auto* dx) {
                          kernels::Scale(dy, -1, n, accumulate, dx);
                        });
  }
};

}  // namespace

Variable Neg(Variable x) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<NegOp>(), std::move(x));
}

OpDefinition NegDefinition() {
  return UnaryDefinition("neg", "y = -x", Neg,
                         {SampleUniform({37}), SampleUniform({2, 3, 5})});
}

}  // namespace hairpin
