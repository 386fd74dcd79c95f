#include "ops/layer_norm.h"

#include "ops/kernels/layer_norm.h"

namespace hairpin {
namespace {

class LayerNormOp final : public Op {
 public:
  explicit LayerNormOp(double eps) : eps_(eps) {}
  const char* name() const override { return "layer_norm"; }

  // x, weight, bias -> y; extras mean and r, one of each for a row.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &x = inputs[0], &weight = inputs[1], &bias = inputs[2];
    HAIRPIN_CHECK(IsFloating(x.dtype) && weight.dtype == x.dtype && bias.dtype == x.dtype)
        << "layer_norm: dtypes " << x.dtype << ", " << weight.dtype << ", " << bias.dtype
        << ", expected one floating dtype";
    HAIRPIN_CHECK(x.shape.rank() >= 1 && x.shape[-1] >= 1)
        << "layer_norm: x " << x.shape << ", expected a last axis of at least 1";
    const Shape channels({x.shape[-1]});
    HAIRPIN_CHECK(weight.shape == channels && bias.shape == channels)
        << "layer_norm: x " << x.shape << ", weight " << weight.shape << ", bias " << bias.shape
        << "; weight and bias must have the size of x's last axis";
    const TensorSpec row = {x.dtype, Shape({x.shape.Product(0, x.shape.rank() - 1)})};
    return OutputSpecs({x}, {row, row});
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::LayerNorm(x.data<T>(), args.input(1).data<T>(), args.input(2).data<T>(), Rows(x),
                         x.shape()[-1], eps_, args.output(0).raw<T>(), args.output(1).raw<T>(),
                         args.output(2).raw<T>());
    });
  }

  // First dweight = sum of dy xhat and dbias = sum of dy over rows, then dx, which
  // may be written over dy.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b110, .inputs = 0b001, .outputs = 0b110, .accumulates = 0b110},
        {.gradients = 0b001,
         .inputs = 0b011,
         .outputs = 0b110,
         .accumulates = 0b001,
         .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &x = args.input(0), &dy = args.upstream();
    const Tensor &mean = args.output(1), &r = args.output(2);
    const int64_t rows = Rows(x), n = x.shape()[-1];
    DispatchFloating(x.dtype(), [&]<class T>() {
      if (stage == 0) {
        kernels::LayerNormBackwardParameters(
            x.data<T>(), mean.data<T>(), r.data<T>(), dy.data<T>(), rows, n, args.accumulate(1),
            args.needs(1) ? args.gradient(1).raw<T>() : nullptr, args.accumulate(2),
            args.needs(2) ? args.gradient(2).raw<T>() : nullptr);
      } else {
        kernels::LayerNormBackward(x.data<T>(), args.input(1).data<T>(), mean.data<T>(),
                                   r.data<T>(), dy.data<T>(), rows, n, args.accumulate(0),
                                   args.gradient(0).raw<T>());
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 8 * n, .backward_flops = 18 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "eps", eps_);
  }

 private:
  static int64_t Rows(const Tensor& x) { return x.shape().Product(0, x.shape().rank() - 1); }

  double eps_;
};

}  // namespace

Variable LayerNorm(Variable x, Variable weight, Variable bias, double eps) {
  HAIRPIN_CHECK(eps > 0) << "layer_norm: eps " << eps << ", expected more than 0";
  Recording& recording = x.recording();
  return recording.Apply(recording.New<LayerNormOp>(eps), std::move(x), std::move(weight),
                         std::move(bias));
}

OpDefinition LayerNormDefinition() {
  OpDefinition definition;
  definition.name = "layer_norm";
  definition.formula = "y = (x - mean) / sqrt(variance + eps) weight + bias";
  definition.inputs = {"x", "weight", "bias"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        LayerNorm(x[0], x[1], x[2], GetNumber(attributes, "eps", 1e-5))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, double eps) {
    Attributes attributes;
    SetNumber(&attributes, "eps", eps);
    const Shape channels({shape[-1]});
    definition.samples.push_back(
        {.name = name,
         .attributes = attributes,
         .inputs = {SampleUniform(shape), SampleUniform(channels, 0.5, 2, 1),
                    SampleUniform(channels, -1, 1, 2)}});
  };
  sample("one row", Shape({19}), 1e-5);
  sample("many rows", Shape({40, 7}), 1e-5);
  sample("three axes, large eps", Shape({2, 3, 33}), 0.1);
  return definition;
}

}  // namespace hairpin
