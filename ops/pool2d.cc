#include "ops/pool2d.h"

#include <vector>

#include "tensor/saturate.h"

namespace hairpin {

Pool2dOp::Pool2dOp(const Pool2dOptions& options) : options_(options) {
  if (options_.stride == 0) options_.stride = options_.kernel;
}

OutputSpecs Pool2dOp::InferOutputs(Specs inputs) const {
  const TensorSpec& x = inputs[0];
  const auto& [kernel, stride, padding] = options_;
  HAIRPIN_CHECK(kernel >= 1 && stride >= 1 && padding >= 0 && 2 * padding <= kernel)
      << name() << ": kernel " << kernel << ", stride " << stride << ", padding " << padding
      << ", expected 1 or more and padding of at most half the kernel";
  HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == 4 && x.shape[2] >= 1 &&
                x.shape[3] >= 1 && x.shape[2] + 2 * padding >= kernel &&
                x.shape[3] + 2 * padding >= kernel)
      << name() << " of kernel " << kernel << " and padding " << padding << ": x of " << x.dtype
      << x.shape << ", expected floating [B, C, H, W] into which a window fits";
  const kernels::Pool2dShape shape = KernelShape(x.shape);
  return {{x.dtype, x.shape.With(2, shape.out_height()).With(3, shape.out_width())}};
}

int64_t Pool2dOp::ForwardWorkspaceBytes(Specs inputs) const {
  return kernels::Pool2dWorkspaceBytes(KernelShape(inputs[0].shape), SizeOf(inputs[0].dtype));
}
int64_t Pool2dOp::BackwardWorkspaceBytes(int stage, Specs inputs) const {
  return ForwardWorkspaceBytes(inputs);
}

Cost Pool2dOp::cost(Specs inputs) const {
  const Int128 y = InferOutputs(inputs).specs[0].shape.num_elements();
  const int64_t flops = Saturate(y * options_.kernel * options_.kernel);
  return {.forward_flops = flops, .backward_flops = flops};
}

void Pool2dOp::WriteAttributes(Attributes* attributes) const {
  SetNumber(attributes, "kernel", static_cast<double>(options_.kernel));
  SetNumber(attributes, "stride", static_cast<double>(options_.stride));
  SetNumber(attributes, "padding", static_cast<double>(options_.padding));
}

kernels::Pool2dShape Pool2dOp::KernelShape(const Shape& x) const {
  return {.planes = x[0] * x[1],
          .height = x[2],
          .width = x[3],
          .kernel = options_.kernel,
          .stride = options_.stride,
          .padding = options_.padding};
}

OpDefinition Pool2dDefinition(const std::string& name, const std::string& formula,
                              Variable (*apply)(Variable, const Pool2dOptions&)) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {"input"};
  definition.apply = [apply](Recording&, const Attributes& attributes,
                             absl::Span<const Variable> x) {
    return std::vector<Variable>{apply(x[0], {.kernel = GetInt(attributes, "kernel", 2),
                                              .stride = GetInt(attributes, "stride", 0),
                                              .padding = GetInt(attributes, "padding", 0)})};
  };
  const auto sample = [&](const std::string& sample_name, const Shape& shape,
                          const Pool2dOptions& options) {
    // Each number another one, far from the next: no ties under small steps.
    Tensor x = Tensor::Empty({DType::kFloat64, shape});
    const int64_t n = shape.num_elements();
    for (int64_t i = 0; i < n; ++i) {
      x.raw<double>()[i] = 0.1 * static_cast<double>(i * 7919 % 1009) - 20;
    }
    OpSample s = {.name = sample_name, .inputs = {x}};
    SetNumber(&s.attributes, "kernel", static_cast<double>(options.kernel));
    SetNumber(&s.attributes, "stride", static_cast<double>(options.stride));
    SetNumber(&s.attributes, "padding", static_cast<double>(options.padding));
    definition.samples.push_back(std::move(s));
  };
  sample("side by side", {2, 3, 4, 6}, {.kernel = 2, .stride = 2});
  sample("overlapping", {1, 2, 5, 4}, {.kernel = 3, .stride = 1});
  sample("padding, a rest", {2, 1, 6, 7}, {.kernel = 3, .stride = 2, .padding = 1});
  sample("gaps", {1, 1, 7, 7}, {.kernel = 2, .stride = 3});
  sample("one window", {2, 2, 3, 3}, {.kernel = 3, .stride = 3});
  sample("no images", {0, 2, 4, 4}, {.kernel = 2, .stride = 2});
  return definition;
}

}  // namespace hairpin
