#include "ops/pow.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/kernels/pow.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

// C's pow is the exp of a product with the log: these operations' costs and the
// product. A root or a quotient is one, as in Sqrt and Div; writing ones is one, too.
int64_t Flops(double exponent) {
  const kernels::PowerPath path(exponent);
  return path.by_products ? std::max(1, path.whole + path.half + path.inverse)
                          : 12 + 1 + 15;
}

class PowOp final : public UnaryOp {
 public:
  explicit PowOp(double exponent) : exponent_(exponent) {}
  const char* name() const override { return "pow"; }
  Stages stages() const override { return kReadsInput; }
  // Backward: dy p x^(p - 1).
  Cost cost(Specs inputs) const override {
    return PerElement(inputs, Flops(exponent_), exponent_ == 0 ? 1 : 2 + Flops(exponent_ - 1));
  }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [this](auto* x, int64_t n, auto* y) { kernels::Pow(x, exponent_, n, y); });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.input(0),
                        [this](auto* x, auto* dy, int64_t n, bool accumulate, auto* dx) {
                          kernels::PowBackward(x, dy, exponent_, n, accumulate, dx);
                        });
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "exponent", exponent_);
  }

 private:
  double exponent_;
};

OpSample MakeSample(double exponent, const Tensor& x) {
  OpSample sample = {.name = absl::StrCat("to the ", exponent), .inputs = {x}};
  SetNumber(&sample.attributes, "exponent", exponent);
  return sample;
}

}  // namespace

Variable Pow(Variable x, double exponent) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<PowOp>(exponent), std::move(x));
}

OpDefinition PowDefinition() {
  OpDefinition definition;
  definition.name = "pow";
  definition.formula = "y = x^exponent";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Pow(x[0], GetNumber(attributes, "exponent", 1))};
  };
  const Tensor any = SampleAwayFromZero(Shape({2, 3, 5}), 0.5);
  const Tensor positive = SampleUniform(Shape({37}), 0.5, 2);
  definition.samples = {MakeSample(3, any),         MakeSample(-2, any),
                        MakeSample(0, any),         MakeSample(0.5, positive),
                        MakeSample(-1.5, positive), MakeSample(0.3, positive)};
  return definition;
}

}  // namespace hairpin
