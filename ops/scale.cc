#include "ops/scale.h"

#include "ops/kernels/unary.h"
#include "ops/unary.h"

namespace hairpin {
namespace {

class ScaleOp final : public UnaryOp {
 public:
  explicit ScaleOp(double factor) : factor_(factor) {}
  const char* name() const override { return "scale"; }
  Stages stages() const override { return kReadsNothing; }
  Cost cost(Specs inputs) const override { return PerElement(inputs, 1, 1); }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [this](auto* x, int64_t n, auto* y) {
      kernels::Scale(x, factor_, n, /*accumulate=*/false, y);
    });
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    ElementwiseBackward(args, args.upstream(),
                        [this](auto*, auto* dy, int64_t n, bool accumulate, auto* dx) {
                          kernels::Scale(dy, factor_, n, accumulate, dx);
                        });
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "factor", factor_);
  }

 private:
  double factor_;
};

OpSample MakeSample(const std::string& name, const Shape& shape, double factor) {
  OpSample sample = {.name = name, .inputs = {SampleUniform(shape)}};
  SetNumber(&sample.attributes, "factor", factor);
  return sample;
}

}  // namespace

Variable Scale(Variable x, double factor) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<ScaleOp>(factor), std::move(x));
}

OpDefinition ScaleDefinition() {
  OpDefinition definition;
  definition.name = "scale";
  definition.formula = "y = factor x";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Scale(x[0], GetNumber(attributes, "factor", 1))};
  };
  definition.samples = {MakeSample("by -2.5", Shape({37}), -2.5),
                        MakeSample("by 1/3", Shape({2, 3, 5}), 1.0 / 3)};
  return definition;
}

}  // namespace hairpin
