#include "ops/rotary.h"

#include "ops/kernels/rotary.h"

namespace hairpin {
namespace {

class RotaryOp final : public Op {
 public:
  explicit RotaryOp(const RotaryOptions& options) : options_(options) {}
  const char* name() const override { return "rotary"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == 3 && options_.heads >= 1 &&
                  x.shape[2] % (2 * options_.heads) == 0)
        << "rotary: x of " << x.dtype << x.shape << " and " << options_.heads
        << " heads, expected floating [B, T, C] and heads that divide C into even widths";
    HAIRPIN_CHECK(options_.first >= 0 && options_.base > 0)
        << "rotary: first " << options_.first << ", base " << options_.base
        << ", expected at least 0 and more than 0";
    return {x};
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::Rotary(KernelShape(x.shape()), x.data<T>(), false, false, args.output(0).raw<T>(),
                      args.workspace());
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .accumulates = 0b1, .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& dy = args.upstream();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      kernels::Rotary(KernelShape(dy.shape()), dy.data<T>(), true, args.accumulate(0),
                      args.gradient(0).raw<T>(), args.workspace());
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    return kernels::RotaryWorkspaceBytes(KernelShape(inputs[0].shape), SizeOf(inputs[0].dtype));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    return ForwardWorkspaceBytes(inputs);
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 3 * n, .backward_flops = 3 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "heads", options_.heads);
    SetNumber(attributes, "first", static_cast<double>(options_.first));
    SetNumber(attributes, "base", options_.base);
  }

 private:
  kernels::RotaryShape KernelShape(const Shape& x) const {
    return {.batch = x[0],
            .positions = x[1],
            .heads = options_.heads,
            .head_width = x[2] / options_.heads,
            .first = options_.first,
            .base = options_.base};
  }

  RotaryOptions options_;
};

}  // namespace

Variable Rotary(Variable x, const RotaryOptions& options) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<RotaryOp>(options), std::move(x));
}

OpDefinition RotaryDefinition() {
  OpDefinition definition;
  definition.name = "rotary";
  definition.formula = "y = pairs of x turned by (first + t) base^(-2i / D)";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        Rotary(x[0], {.heads = static_cast<int>(GetInt(attributes, "heads", 1)),
                      .first = GetInt(attributes, "first", 0),
                      .base = GetNumber(attributes, "base", 10000)})};
  };
  const auto sample = [&](const std::string& name, const Shape& x, const RotaryOptions& options) {
    OpSample s = {.name = name, .inputs = {SampleUniform(x)}};
    SetNumber(&s.attributes, "heads", options.heads);
    SetNumber(&s.attributes, "first", static_cast<double>(options.first));
    SetNumber(&s.attributes, "base", options.base);
    definition.samples.push_back(std::move(s));
  };
  sample("one pair", {1, 3, 2}, {});
  sample("two heads", {2, 19, 12}, {.heads = 2});
  sample("after others, another base", {1, 2, 36}, {.heads = 2, .first = 30, .base = 50});
  return definition;
}

}  // namespace hairpin
