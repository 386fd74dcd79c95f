#include "ops/linear.h"

#include <vector>

#include "ops/kernels/matmul.h"
#include "ops/kernels/reduce.h"
#include "tensor/saturate.h"

namespace hairpin {
namespace {

constexpr int kX = 0, kWeight = 1, kBias = 2;

class LinearOp final : public Op {
 public:
  const char* name() const override { return "linear"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    HAIRPIN_CHECK(inputs.size() == 2 || inputs.size() == 3)
        << "linear: " << inputs.size() << " inputs, expected x, weight and perhaps bias";
    const TensorSpec &x = inputs[kX], &weight = inputs[kWeight];
    HAIRPIN_CHECK(x.dtype == weight.dtype && IsFloating(x.dtype))
        << "linear: dtypes " << x.dtype << " and " << weight.dtype
        << ", expected one floating dtype";
    HAIRPIN_CHECK(x.shape.rank() >= 1 && weight.shape.rank() == 2 &&
                  x.shape[-1] == weight.shape[1])
        << "linear: x of shape " << x.shape << " and weight of shape " << weight.shape
        << ", expected [..., in] and [out, in]";
    if (inputs.size() == 3) {
      HAIRPIN_CHECK(inputs[kBias] == TensorSpec({x.dtype, Shape({weight.shape[0]})}))
          << "linear: bias of " << inputs[kBias].dtype << inputs[kBias].shape
          << " and weight of shape " << weight.shape << ", expected bias [out] of x's dtype";
    }
    return {{x.dtype, x.shape.With(-1, weight.shape[0])}};
  }

  // y [rows, out] = x [rows, in] W [out, in]^T + b
  void Forward(const ForwardArgs& args) const override {
    const Tensor &x = args.input(kX), &weight = args.input(kWeight);
    DispatchFloating(x.dtype(), [&]<class T>() {
      const T* const bias = args.num_inputs() == 3 ? args.input(kBias).data<T>() : nullptr;
      kernels::MatMul(ForwardShape(x.shape(), weight.shape()), x.data<T>(), weight.data<T>(), bias,
                      args.output(0).raw<T>(), args.workspace());
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

  // Of y = x W^T + b: dW = dy^T x, db = sum of dy over rows; then dx = dy W.
  void Backward(int stage, const BackwardArgs& args) const override {
    const Shape &x_shape = args.input_spec(kX).shape, &w_shape = args.input_spec(kWeight).shape;
    const Tensor& dy = args.upstream();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      const T* const no_bias = nullptr;
      if (stage == 1) {
        kernels::MatMul(InputGradientShape(x_shape, w_shape, args.accumulate(kX)), dy.data<T>(),
                        args.input(kWeight).data<T>(), no_bias, args.gradient(kX).raw<T>(),
                        args.workspace());
        return;
      }
      const bool bias = args.num_inputs() == 3 && args.needs(kBias);
      if (args.needs(kWeight)) {
        // The bias's gradient where dy is read anyway.
        kernels::MatMulRowSums<T> bias_sums;
        if (bias) bias_sums = {args.gradient(kBias).raw<T>(), args.accumulate(kBias)};
        kernels::MatMul(WeightGradientShape(x_shape, w_shape, args.accumulate(kWeight)),
                        dy.data<T>(), args.input(kX).data<T>(), no_bias,
                        args.gradient(kWeight).raw<T>(), args.workspace(), bias_sums);
      }
      if (bias && (!args.needs(kWeight) || w_shape[1] == 0)) {
        kernels::SumToShape(dy.data<T>(), Shape({Rows(x_shape), w_shape[0]}), /*scale=*/1.0,
                            args.accumulate(kBias), args.gradient(kBias).raw<T>(),
                            Shape({w_shape[0]}));
      }
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    return kernels::MatMulWorkspaceBytes(ForwardShape(inputs[kX].shape, inputs[kWeight].shape),
                                         SizeOf(inputs[kX].dtype));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    const Shape &x = inputs[kX].shape, &weight = inputs[kWeight].shape;
    return kernels::MatMulWorkspaceBytes(
        stage == 0 ? WeightGradientShape(x, weight, false) : InputGradientShape(x, weight, false),
        SizeOf(inputs[kX].dtype));
  }

  Cost cost(Specs inputs) const override {
    const Int128 y = Int128{Rows(inputs[kX].shape)} * inputs[kWeight].shape[0];
    const Int128 flops = 2 * y * inputs[kX].shape[-1], bias = inputs.size() == 3 ? y : 0;
    return {.forward_flops = Saturate(flops + bias), .backward_flops = Saturate(2 * flops + bias),
            .cheap = false};
  }

 private:
  static int64_t Rows(const Shape& x) { return x.Product(0, x.rank() - 1); }

  static kernels::MatMulShape ForwardShape(const Shape& x, const Shape& weight) {
    return {.m = Rows(x), .k = weight[1], .n = weight[0], .transpose_b = true};
  }
  static kernels::MatMulShape WeightGradientShape(const Shape& x, const Shape& weight,
                                                  bool accumulate) {
    return {.m = weight[0], .k = Rows(x), .n = weight[1], .transpose_a = true,
            .accumulate = accumulate};
  }
  static kernels::MatMulShape InputGradientShape(const Shape& x, const Shape& weight,
                                                 bool accumulate) {
    return {.m = Rows(x), .k = weight[0], .n = weight[1], .accumulate = accumulate};
  }
};

}  // namespace

Variable Linear(Variable x, Variable weight, Variable bias) {
  Recording& recording = x.recording();
  const LinearOp* op = recording.New<LinearOp>();
  if (!bias) return recording.Apply(op, std::move(x), std::move(weight));
  return recording.Apply(op, std::move(x), std::move(weight), std::move(bias));
}

OpDefinition LinearDefinition() {
  OpDefinition definition;
  definition.name = "linear";
  definition.formula = "y = x W^T + b";
  definition.inputs = {"input", "weight", "bias"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{Linear(x[0], x[1], x.size() > 2 ? x[2] : Variable())};
  };
  const auto sample = [&](const std::string& name, const Shape& x, int64_t out, bool bias) {
    definition.samples.push_back(
        {.name = name,
         .inputs = {SampleUniform(x, -2, 2, 1), SampleUniform({out, x[-1]}, -2, 2, 2),
                    bias ? SampleUniform({out}, -2, 2, 3) : Tensor()}});
  };
  sample("matrix", {4, 5}, 7, true);
  sample("leading axes", {2, 3, 5}, 6, true);
  sample("no bias", {2, 4, 3}, 5, false);
  sample("vector", {5}, 3, true);
  sample("one column", {6, 1}, 1, true);
  sample("no rows", {0, 5}, 3, true);
  return definition;
}

}  // namespace hairpin
