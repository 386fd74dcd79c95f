#include "ops/where.h"

#include <optional>
#include <vector>

#include "ops/kernels/where.h"

namespace hairpin {
namespace {

constexpr int kCondition = 0, kA = 1, kB = 2;

class WhereOp final : public Op {
 public:
  const char* name() const override { return "where"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &condition = inputs[kCondition], &a = inputs[kA], &b = inputs[kB];
    HAIRPIN_CHECK(condition.dtype == DType::kInt32 && IsFloating(a.dtype) && a.dtype == b.dtype)
        << "where: dtypes " << condition.dtype << ", " << a.dtype << ", " << b.dtype
        << ", expected int32 and one floating dtype";
    std::optional<Shape> shape = BroadcastShapes(a.shape, b.shape);
    if (shape) shape = BroadcastShapes(*shape, condition.shape);
    HAIRPIN_CHECK(shape.has_value())
        << "where: shapes " << condition.shape << ", " << a.shape << ", " << b.shape
        << " don't broadcast; aligned at the last axis, sizes must be equal or one of them 1";
    return {{a.dtype, *shape}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &c = args.input(kCondition), &a = args.input(kA), &b = args.input(kB);
    const Tensor& y = args.output(0);
    DispatchFloating(y.dtype(), [&]<class T>() {
      kernels::Where(c.data<int32_t>(), c.shape(), a.data<T>(), a.shape(), b.data<T>(), b.shape(),
                     y.raw<T>(), y.shape());
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b110,
                                                 .inputs = 0b001,
                                                 .accumulates = 0b110,
                                                 .broadcasts = 0b110}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &c = args.input(kCondition), &dy = args.upstream();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      for (const int i : {kA, kB}) {
        if (!args.needs(i)) continue;
        kernels::WhereBackward(c.data<int32_t>(), c.shape(), dy.data<T>(), i == kA,
                               args.accumulate(i), args.gradient(i).raw<T>(), dy.shape());
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = InferOutputs(inputs).specs[0].shape.num_elements();
    return {.forward_flops = n, .backward_flops = 2 * n};
  }
};

}  // namespace

Variable Where(Variable condition, Variable a, Variable b) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<WhereOp>(), std::move(condition), std::move(a),
                         std::move(b));
}

OpDefinition WhereDefinition() {
  OpDefinition definition;
  definition.name = "where";
  definition.formula = "y = a where condition is not 0, else b";
  definition.inputs = {"condition", "a", "b"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{Where(x[0], x[1], x[2])};
  };
  const auto sample = [&](const std::string& name, const Shape& c, const Shape& a,
                          const Shape& b) {
    definition.samples.push_back({.name = name,
                                  .inputs = {SampleIds(c, 0, 2, 1), SampleUniform(a, -2, 2, 2),
                                             SampleUniform(b, -2, 2, 3)}});
  };
  sample("one shape", {2, 3, 5}, {2, 3, 5}, {2, 3, 5});
  sample("broadcast", {3, 1}, {2, 1, 4}, {4});
  sample("a wide condition", {2, 3, 4}, {}, {3, 1});
  sample("nothing", {0, 3}, {3}, {0, 3});
  return definition;
}

}  // namespace hairpin
