#include "ops/softmax.h"

#include "ops/kernels/softmax.h"

namespace hairpin {
namespace {

class SoftmaxOp final : public Op {
 public:
  explicit SoftmaxOp(int axis) : axis_(axis) {}
  const char* name() const override { return "softmax"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype)) << "softmax: dtype " << x.dtype << ", expected floating";
    x.shape.NormalizeAxis(axis_);
    return {x};
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    if (x.num_elements() == 0) return;
    const Extents e = ExtentsOf(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::Softmax(x.data<T>(), e.outer, e.n, e.inner, args.output(0).raw<T>());
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .outputs = 0b1, .accumulates = 0b1, .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &y = args.output(0), &dy = args.upstream();
    if (y.num_elements() == 0) return;
    const Extents e = ExtentsOf(y.shape());
    DispatchFloating(y.dtype(), [&]<class T>() {
      kernels::SoftmaxBackward(y.data<T>(), dy.data<T>(), e.outer, e.n, e.inner,
                               args.accumulate(0), args.gradient(0).raw<T>());
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 20 * n, .backward_flops = 4 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "axis", axis_);
  }

 private:
  struct Extents {
    int64_t outer, n, inner;
  };
  Extents ExtentsOf(const Shape& shape) const {
    const int axis = shape.NormalizeAxis(axis_);
    return {shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.rank())};
  }

  int axis_;
};

OpSample MakeSample(const Shape& shape, int axis) {
  OpSample sample = {.name = "axis " + std::to_string(axis) + " of " + shape.ToString(),
                     .inputs = {SampleUniform(shape)}};
  SetNumber(&sample.attributes, "axis", axis);
  return sample;
}

}  // namespace

Variable Softmax(Variable x, int axis) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SoftmaxOp>(axis), std::move(x));
}

OpDefinition SoftmaxDefinition() {
  OpDefinition definition;
  definition.name = "softmax";
  definition.formula = "y = exp(x) / sum exp(x) over one axis";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        Softmax(x[0], static_cast<int>(GetInt(attributes, "axis", -1)))};
  };
  definition.samples = {MakeSample(Shape({19}), 0), MakeSample(Shape({6, 37}), -1),
                        MakeSample(Shape({3, 4, 5}), 1), MakeSample(Shape({5, 21}), 0)};
  return definition;
}

}  // namespace hairpin
