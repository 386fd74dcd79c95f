#include "ops/cumsum.h"

#include <vector>

#include "ops/kernels/cumsum.h"

namespace hairpin {
namespace {

class CumsumOp final : public Op {
 public:
  explicit CumsumOp(int axis) : axis_(axis) {}
  const char* name() const override { return "cumsum"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() >= 1)
        << "cumsum: x of " << x.dtype << x.shape << ", expected floating, an axis or more";
    x.shape.NormalizeAxis(axis_);
    return {x};
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    Run(args.input(0), /*from_end=*/false, /*accumulate=*/false, args.output(0));
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .accumulates = 0b1, .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    Run(args.upstream(), /*from_end=*/true, args.accumulate(0), args.gradient(0));
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = n, .backward_flops = n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "axis", axis_);
  }

 private:
  void Run(const Tensor& x, bool from_end, bool accumulate, const Tensor& y) const {
    const Shape& shape = x.shape();
    const int axis = shape.NormalizeAxis(axis_);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::Cumsum(x.data<T>(), shape.Product(0, axis), shape[axis],
                      shape.Product(axis + 1, shape.rank()), from_end, accumulate, y.raw<T>());
    });
  }

  int axis_;
};

}  // namespace

Variable Cumsum(Variable x, int axis) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<CumsumOp>(axis), std::move(x));
}

OpDefinition CumsumDefinition() {
  OpDefinition definition;
  definition.name = "cumsum";
  definition.formula = "y_k = sum of x_j over j <= k, along one axis";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Cumsum(x[0], static_cast<int>(GetInt(attributes, "axis", 0)))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, int axis) {
    OpSample s = {.name = name, .inputs = {SampleUniform(shape)}};
    SetNumber(&s.attributes, "axis", axis);
    definition.samples.push_back(std::move(s));
  };
  sample("last axis", {3, 7}, -1);
  sample("first axis", {5, 70}, 0);
  sample("middle axis", {2, 4, 3}, 1);
  sample("nothing", {0, 3}, 1);
  return definition;
}

}  // namespace hairpin
