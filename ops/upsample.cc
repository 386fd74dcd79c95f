#include "ops/upsample.h"

#include <vector>

#include "ops/kernels/copy.h"
#include "ops/kernels/reduce.h"

namespace hairpin {
namespace {

class UpsampleOp final : public Op {
 public:
  explicit UpsampleOp(int64_t factor) : factor_(factor) {}
  const char* name() const override { return "upsample"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == 4 && factor_ >= 1)
        << "upsample by " << factor_ << ": x of " << x.dtype << x.shape
        << ", expected a factor of 1 or more and floating [B, C, H, W]";
    return {{x.dtype,
             x.shape.With(2, factor_ * x.shape[2]).With(3, factor_ * x.shape[3])}};
  }

  // y seen as [B C H, f, W, f]: x's rows and pixels repeated.
  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    const Shape wide = Repeated(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::StridedCopy(x.data<T>(), {x.shape()[3], 0, 1, 0}, wide, /*accumulate=*/false,
                           args.output(0).raw<T>(), kernels::ContiguousStrides(wide));
    });
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Shape wide = Repeated(args.input_spec(0).shape);
    DispatchFloating(args.upstream().dtype(), [&]<class T>() {
      kernels::SumToShape(args.upstream().data<T>(), wide, /*scale=*/1.0, args.accumulate(0),
                          args.gradient(0).raw<T>(), wide.With(1, 1).With(3, 1));
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = InferOutputs(inputs).specs[0].shape.num_elements();
    return {.forward_flops = n, .backward_flops = n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "factor", static_cast<double>(factor_));
  }

 private:
  Shape Repeated(const Shape& x) const {
    return Shape({x[0] * x[1] * x[2], factor_, x[3], factor_});
  }

  int64_t factor_;
};

}  // namespace

Variable Upsample(Variable x, int64_t factor) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<UpsampleOp>(factor), std::move(x));
}

OpDefinition UpsampleDefinition() {
  OpDefinition definition;
  definition.name = "upsample";
  definition.formula = "y = x with each pixel repeated factor x factor times";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Upsample(x[0], GetInt(attributes, "factor", 2))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, int64_t factor) {
    OpSample s = {.name = name, .inputs = {SampleUniform(shape)}};
    SetNumber(&s.attributes, "factor", static_cast<double>(factor));
    definition.samples.push_back(std::move(s));
  };
  sample("twice", {2, 3, 2, 3}, 2);
  sample("three times", {1, 2, 3, 1}, 3);
  sample("once", {2, 1, 2, 2}, 1);
  sample("no images", {0, 1, 2, 2}, 2);
  return definition;
}

}  // namespace hairpin
