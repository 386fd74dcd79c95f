#include "ops/conv2d.h"

#include <vector>

#include "ops/kernels/conv2d.h"
#include "ops/kernels/reduce.h"
#include "tensor/saturate.h"

namespace hairpin {
namespace {

constexpr int kX = 0, kWeight = 1, kBias = 2;

class Conv2dOp final : public Op {
 public:
  explicit Conv2dOp(const Conv2dOptions& options) : options_(options) {}
  const char* name() const override { return "conv2d"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &x = inputs[kX], &weight = inputs[kWeight];
    HAIRPIN_CHECK(x.dtype == weight.dtype && IsFloating(x.dtype))
        << "conv2d: dtypes " << x.dtype << " and " << weight.dtype
        << ", expected one floating dtype";
    const auto& [stride, padding, dilation, groups] = options_;
    HAIRPIN_CHECK(stride >= 1 && padding >= 0 && dilation >= 1 && groups >= 1)
        << "conv2d: stride " << stride << ", padding " << padding << ", dilation " << dilation
        << ", groups " << groups << ", expected 1 or more, padding 0 or more";
    HAIRPIN_CHECK(x.shape.rank() == 4 && weight.shape.rank() == 4 && weight.shape[1] >= 1 &&
                  x.shape[1] == groups * weight.shape[1] && weight.shape[0] >= 1 &&
                  weight.shape[0] % groups == 0)
        << "conv2d of " << groups << " groups: x of shape " << x.shape << " and weight of shape "
        << weight.shape << ", expected [B, C, H, W] and [F, C / groups, KH, KW], groups dividing F";
    const kernels::Conv2dShape shape = KernelShape(x.shape, weight.shape);
    HAIRPIN_CHECK(weight.shape[2] >= 1 && weight.shape[3] >= 1 &&
                  x.shape[2] + 2 * padding > dilation * (weight.shape[2] - 1) &&
                  x.shape[3] + 2 * padding > dilation * (weight.shape[3] - 1))
        << "conv2d of padding " << padding << " and dilation " << dilation << ": x of shape "
        << x.shape << " and weight of shape " << weight.shape
        << ", expected a kernel that fits into x and its borders";
    if (inputs.size() == 3) {
      HAIRPIN_CHECK(inputs[kBias] == TensorSpec({x.dtype, Shape({weight.shape[0]})}))
          << "conv2d: bias of " << inputs[kBias].dtype << inputs[kBias].shape
          << " and weight of shape " << weight.shape << ", expected bias [F] of x's dtype";
    }
    return {{x.dtype,
             Shape({x.shape[0], weight.shape[0], shape.out_height(), shape.out_width()})}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &x = args.input(kX), &weight = args.input(kWeight);
    DispatchFloating(x.dtype(), [&]<class T>() {
      const T* const bias = args.num_inputs() == 3 ? args.input(kBias).data<T>() : nullptr;
      kernels::Conv2dForward<T>(KernelShape(x.shape(), weight.shape()), x.data<T>(),
                                weight.data<T>(), bias, args.output(0).raw<T>(), args.workspace());
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 1 << kWeight | 1 << kBias,
         .inputs = 1 << kX,
         .accumulates = 1 << kWeight | 1 << kBias},
        {.gradients = 1 << kX, .inputs = 1 << kWeight, .accumulates = 1 << kX}};
    return kStages;
  }

  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& dy = args.upstream();
    const kernels::Conv2dShape shape =
        KernelShape(args.input_spec(kX).shape, args.input_spec(kWeight).shape);
    DispatchFloating(dy.dtype(), [&]<class T>() {
      if (stage == 1) {
        kernels::Conv2dInputGradient<T>(shape, dy.data<T>(), args.input(kWeight).data<T>(),
                                        args.accumulate(kX), args.gradient(kX).raw<T>(),
                                        args.workspace());
        return;
      }
      const bool bias = args.num_inputs() == 3 && args.needs(kBias);
      if (args.needs(kWeight)) {
        kernels::Conv2dParameterGradients<T> to = {args.gradient(kWeight).raw<T>(),
                                                   args.accumulate(kWeight)};
        if (bias) {
          to.bias = args.gradient(kBias).raw<T>();
          to.accumulate_bias = args.accumulate(kBias);
        }
        kernels::Conv2dWeightGradient<T>(shape, args.input(kX).data<T>(), dy.data<T>(), to,
                                         args.workspace());
      } else if (bias) {
        const int64_t F = dy.shape()[1];
        kernels::SumToShape(dy.data<T>(),
                            Shape({dy.shape()[0], F, dy.shape()[2] * dy.shape()[3]}),
                            /*scale=*/1.0, args.accumulate(kBias), args.gradient(kBias).raw<T>(),
                            Shape({F, 1}));
      }
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    return kernels::Conv2dForwardWorkspaceBytes(
        KernelShape(inputs[kX].shape, inputs[kWeight].shape), SizeOf(inputs[kX].dtype));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    const auto shape = KernelShape(inputs[kX].shape, inputs[kWeight].shape);
    const int64_t element = SizeOf(inputs[kX].dtype);
    return stage == 0 ? kernels::Conv2dWeightGradientWorkspaceBytes(shape, element)
                      : kernels::Conv2dInputGradientWorkspaceBytes(shape, element);
  }

  // A multiply-add for each number of y and each of a filter, borders as well.
  Cost cost(Specs inputs) const override {
    const Int128 y = InferOutputs(inputs).specs[0].shape.num_elements();
    const Int128 flops = 2 * y * inputs[kWeight].shape.Product(1, 4);
    const Int128 bias = inputs.size() == 3 ? y : 0;
    return {.forward_flops = Saturate(flops + bias), .backward_flops = Saturate(2 * flops + bias),
            .cheap = false};
  }

  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "stride", static_cast<double>(options_.stride));
    SetNumber(attributes, "padding", static_cast<double>(options_.padding));
    SetNumber(attributes, "dilation", static_cast<double>(options_.dilation));
    SetNumber(attributes, "groups", static_cast<double>(options_.groups));
  }

 private:
  kernels::Conv2dShape KernelShape(const Shape& x, const Shape& weight) const {
    return {.batch = x[0],
            .groups = options_.groups,
            .in_channels = x[1],
            .out_channels = weight[0],
            .height = x[2],
            .width = x[3],
            .kernel_height = weight[2],
            .kernel_width = weight[3],
            .stride = options_.stride,
            .padding = options_.padding,
            .dilation = options_.dilation};
  }

  Conv2dOptions options_;
};

}  // namespace

Variable Conv2d(Variable x, Variable weight, Variable bias, const Conv2dOptions& options) {
  Recording& recording = x.recording();
  const Conv2dOp* op = recording.New<Conv2dOp>(options);
  if (!bias) return recording.Apply(op, std::move(x), std::move(weight));
  return recording.Apply(op, std::move(x), std::move(weight), std::move(bias));
}

OpDefinition Conv2dDefinition() {
  OpDefinition definition;
  definition.name = "conv2d";
  definition.formula = "y = sum of weight x under the kernel + bias";
  definition.inputs = {"input", "weight", "bias"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Conv2d(x[0], x[1], x.size() > 2 ? x[2] : Variable(),
                                        {.stride = GetInt(attributes, "stride", 1),
                                         .padding = GetInt(attributes, "padding", 0),
                                         .dilation = GetInt(attributes, "dilation", 1),
                                         .groups = GetInt(attributes, "groups", 1)})};
  };
  const auto sample = [&](const std::string& name, const Shape& x, const Shape& weight, bool bias,
                          const Conv2dOptions& options) {
    OpSample s = {.name = name};
    SetNumber(&s.attributes, "stride", static_cast<double>(options.stride));
    SetNumber(&s.attributes, "padding", static_cast<double>(options.padding));
    SetNumber(&s.attributes, "dilation", static_cast<double>(options.dilation));
    SetNumber(&s.attributes, "groups", static_cast<double>(options.groups));
    s.inputs = {SampleUniform(x, -2, 2, 1), SampleUniform(weight, -2, 2, 2),
                bias ? SampleUniform({weight[0]}, -2, 2, 3) : Tensor()};
    definition.samples.push_back(std::move(s));
  };
  sample("three by three", {2, 2, 4, 5}, {3, 2, 3, 3}, true, {});
  sample("padding", {2, 2, 3, 4}, {3, 2, 3, 3}, false, {.padding = 1});
  sample("stride", {1, 2, 6, 5}, {2, 2, 3, 2}, true, {.stride = 2, .padding = 1});
  sample("groups", {2, 4, 3, 3}, {6, 2, 2, 2}, true, {.groups = 2});
  sample("dilation", {1, 1, 6, 7}, {2, 1, 3, 2}, false, {.padding = 2, .dilation = 2});
  sample("one by one", {2, 3, 2, 2}, {4, 3, 1, 1}, true, {});
  sample("no images", {0, 2, 4, 4}, {3, 2, 3, 3}, true, {});
  return definition;
}

}  // namespace hairpin
