#include "ops/group_norm.h"

#include <vector>

#include "ops/kernels/group_norm.h"

namespace hairpin {
namespace {

class GroupNormOp final : public Op {
 public:
  GroupNormOp(int64_t groups, double eps) : groups_(groups), eps_(eps) {}
  const char* name() const override { return "group_norm"; }

  // x, weight, bias -> y; extras mean and r, one of each for a run of an image.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() >= 2 && x.shape[1] >= 1 && groups_ >= 1 &&
                  x.shape[1] % groups_ == 0 && x.shape.Product(2, x.shape.rank()) >= 1)
        << "group_norm of " << groups_ << " groups: x of " << x.dtype << x.shape
        << ", expected floating [B, C, ...], groups dividing C";
    for (int i = 1; i <= 2; ++i) {
      HAIRPIN_CHECK(inputs[i] == TensorSpec({x.dtype, Shape({x.shape[1]})}))
          << "group_norm: x of " << x.dtype << x.shape << ", input " << i << " of "
          << inputs[i].dtype << inputs[i].shape << ", expected [C] of x's dtype";
    }
    const TensorSpec run = {x.dtype, Shape({x.shape[0] * groups_})};
    return OutputSpecs({x}, {run, run});
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::GroupNorm(KernelShape(x.shape()), x.data<T>(), args.input(1).data<T>(),
                         args.input(2).data<T>(), eps_, args.output(0).raw<T>(),
                         args.output(1).raw<T>(), args.output(2).raw<T>());
    });
  }

  // First the gradients of weight and bias, then that of x, which may be written over dy.
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
    DispatchFloating(x.dtype(), [&]<class T>() {
      const T *mean = args.output(1).data<T>(), *r = args.output(2).data<T>();
      if (stage == 0) {
        kernels::GroupNormBackwardParameters<T>(
            KernelShape(x.shape()), x.data<T>(), mean, r, dy.data<T>(), args.accumulate(1),
            args.needs(1) ? args.gradient(1).raw<T>() : nullptr, args.accumulate(2),
            args.needs(2) ? args.gradient(2).raw<T>() : nullptr);
      } else {
        kernels::GroupNormBackward<T>(KernelShape(x.shape()), x.data<T>(),
                                      args.input(1).data<T>(), mean, r, dy.data<T>(),
                                      args.accumulate(0), args.gradient(0).raw<T>());
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 7 * n, .backward_flops = 12 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "groups", static_cast<double>(groups_));
    SetNumber(attributes, "eps", eps_);
  }

 private:
  kernels::GroupsShape KernelShape(const Shape& x) const {
    return {.batch = x[0], .groups = groups_, .channels = x[1],
            .positions = x.Product(2, x.rank())};
  }

  int64_t groups_;
  double eps_;
};

}  // namespace

Variable GroupNorm(Variable x, Variable weight, Variable bias, int64_t groups, double eps) {
  HAIRPIN_CHECK(eps > 0) << "group_norm: eps " << eps << ", expected more than 0";
  Recording& recording = x.recording();
  return recording.Apply(recording.New<GroupNormOp>(groups, eps), std::move(x), std::move(weight),
                         std::move(bias));
}

OpDefinition GroupNormDefinition() {
  OpDefinition definition;
  definition.name = "group_norm";
  definition.formula = "y = (x - mean) / sqrt(variance + eps) weight + bias, by runs of channels";
  definition.inputs = {"x", "weight", "bias"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{GroupNorm(x[0], x[1], x[2], GetInt(attributes, "groups", 1),
                                           GetNumber(attributes, "eps", 1e-5))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, int64_t groups) {
    const Shape channels({shape[1]});
    OpSample s = {.name = name};
    SetNumber(&s.attributes, "groups", static_cast<double>(groups));
    SetNumber(&s.attributes, "eps", 0.1);
    s.inputs = {SampleUniform(shape), SampleUniform(channels, 0.5, 2, 1),
                SampleUniform(channels, -1, 1, 2)};
    definition.samples.push_back(std::move(s));
  };
  sample("two groups", {2, 4, 2, 3}, 2);
  sample("one group", {2, 3, 3}, 1);
  sample("instances", {2, 3, 2, 9}, 3);
  sample("rows of features", {3, 6}, 2);
  sample("no images", {0, 4, 2, 2}, 2);
  return definition;
}

}  // namespace hairpin
