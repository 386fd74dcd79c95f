#include "ops/rms_norm.h"

#include "ops/kernels/layer_norm.h"
#include "ops/kernels/rms_norm.h"

namespace hairpin {
namespace {

class RmsNormOp final : public Op {
 public:
  explicit RmsNormOp(double eps) : eps_(eps) {}
  const char* name() const override { return "rms_norm"; }

  // x, weight -> y; extra r, one for a row.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &x = inputs[0], &weight = inputs[1];
    HAIRPIN_CHECK(IsFloating(x.dtype) && weight.dtype == x.dtype)
        << "rms_norm: dtypes " << x.dtype << " and " << weight.dtype
        << ", expected one floating dtype";
    HAIRPIN_CHECK(x.shape.rank() >= 1 && x.shape[-1] >= 1 && weight.shape == Shape({x.shape[-1]}))
        << "rms_norm: x " << x.shape << ", weight " << weight.shape
        << "; weight must have the size of x's last axis, at least 1";
    return OutputSpecs({x}, {{x.dtype, Shape({x.shape.Product(0, x.shape.rank() - 1)})}});
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::RmsNorm(x.data<T>(), args.input(1).data<T>(), Rows(x), x.shape()[-1], eps_,
                       args.output(0).raw<T>(), args.output(1).raw<T>());
    });
  }

  // First dw, then dx, which may be written over dy.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b10, .inputs = 0b01, .outputs = 0b10, .accumulates = 0b10},
        {.gradients = 0b01,
         .inputs = 0b11,
         .outputs = 0b10,
         .accumulates = 0b01,
         .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &x = args.input(0), &r = args.output(1), &dy = args.upstream();
    const int64_t rows = Rows(x), n = x.shape()[-1];
    DispatchFloating(x.dtype(), [&]<class T>() {
      if (stage == 0) {
        kernels::LayerNormBackwardParameters<T>(
            x.data<T>(), /*mean=*/nullptr, r.data<T>(), dy.data<T>(), rows, n,
            args.accumulate(1), args.gradient(1).raw<T>(), false, /*dbias=*/nullptr);
      } else {
        kernels::RmsNormBackward(x.data<T>(), args.input(1).data<T>(), r.data<T>(),
                                 dy.data<T>(), rows, n, args.accumulate(0),
                                 args.gradient(0).raw<T>());
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 4 * n, .backward_flops = 11 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "eps", eps_);
  }

 private:
  static int64_t Rows(const Tensor& x) { return x.shape().Product(0, x.shape().rank() - 1); }

  double eps_;
};

}  // namespace

Variable RmsNorm(Variable x, Variable weight, double eps) {
  HAIRPIN_CHECK(eps > 0) << "rms_norm: eps " << eps << ", expected more than 0";
  Recording& recording = x.recording();
  return recording.Apply(recording.New<RmsNormOp>(eps), std::move(x), std::move(weight));
}

OpDefinition RmsNormDefinition() {
  OpDefinition definition;
  definition.name = "rms_norm";
  definition.formula = "y = x / sqrt(mean(x^2) + eps) weight";
  definition.inputs = {"x", "weight"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{RmsNorm(x[0], x[1], GetNumber(attributes, "eps", 1e-5))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, double eps) {
    Attributes attributes;
    SetNumber(&attributes, "eps", eps);
    definition.samples.push_back(
        {.name = name,
         .attributes = attributes,
         .inputs = {SampleUniform(shape), SampleUniform(Shape({shape[-1]}), 0.5, 2, 1)}});
  };
  sample("one row", Shape({19}), 1e-5);
  sample("many rows", Shape({40, 7}), 1e-5);
  sample("three axes, large eps", Shape({2, 3, 33}), 0.1);
  return definition;
}

}  // namespace hairpin
