#include "ops/dropout.h"

#include "ops/kernels/dropout.h"

namespace hairpin {
namespace {

class DropoutOp final : public Op {
 public:
  DropoutOp(double p, PhiloxKey key, bool has_rows) : p_(p), key_(key), has_rows_(has_rows) {}
  const char* name() const override { return "dropout"; }

  // x and, if there, rows.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype)) << "dropout: dtype " << x.dtype << ", expected floating";
    if (has_rows_) {
      HAIRPIN_CHECK(x.shape.rank() == 2 && inputs[1].dtype == DType::kInt32 &&
                    inputs[1].shape == Shape({x.shape[0]}))
          << "dropout: x " << x.shape << ", rows " << inputs[1].dtype << " " << inputs[1].shape
          << ", expected [R, C] and int32 [R]";
    }
    return {x};
  }
  int overwrites() const override { return 0; }

  void Forward(const ForwardArgs& args) const override {
    Run(args.input(0), has_rows_ ? args.input(1).data<int32_t>() : nullptr, false,
        args.output(0));
  }

  // dx = dy keep / (1 - p), by the same draw.
  Stages stages() const override {
    static constexpr BackwardStage kAlone[] = {
        {.gradients = 0b1, .accumulates = 0b1, .over_upstream = 0}};
    static constexpr BackwardStage kWithRows[] = {
        {.gradients = 0b1, .inputs = 0b10, .accumulates = 0b1, .over_upstream = 0}};
    return has_rows_ ? Stages(kWithRows) : Stages(kAlone);
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    Run(args.upstream(), has_rows_ ? args.input(1).data<int32_t>() : nullptr, args.accumulate(0),
        args.gradient(0));
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 20 * n, .backward_flops = 20 * n};
  }
  void WriteAttributes(Attributes* attributes) const override { SetNumber(attributes, "p", p_); }

 private:
  void Run(const Tensor& x, const int32_t* rows, bool accumulate, const Tensor& y) const {
    const kernels::DropoutDraw draw = {.probability = p_, .key = key_, .row_ids = rows};
    // Without rows, elements are numbered through: one row will do.
    const int64_t R = has_rows_ ? x.shape()[0] : 1;
    const int64_t C = has_rows_ ? x.shape()[1] : x.num_elements();
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::Dropout(x.data<T>(), R, C, draw, accumulate, y.raw<T>());
    });
  }

  double p_;
  PhiloxKey key_;
  bool has_rows_;
};

Attributes MakeAttributes(double p) {
  Attributes attributes;
  SetNumber(&attributes, "p", p);
  return attributes;
}

}  // namespace

Variable Dropout(Variable x, double p, Variable rows) {
  HAIRPIN_CHECK(p >= 0 && p < 1) << "dropout: p " << p << ", expected [0, 1)";
  Recording& recording = x.recording();
  if (p == 0 || !recording.train()) return x;
  const auto* op = recording.New<DropoutOp>(p, recording.NextDrawKey(), static_cast<bool>(rows));
  if (!rows) return recording.Apply(op, std::move(x));
  return recording.Apply(op, std::move(x), std::move(rows));
}

OpDefinition DropoutDefinition() {
  OpDefinition definition;
  definition.name = "dropout";
  definition.formula = "y = x keep / (1 - p)";
  definition.inputs = {"x", "rows"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        Dropout(x[0], GetNumber(attributes, "p", 0), x.size() > 1 ? x[1] : Variable())};
  };
  definition.samples = {
      {.name = "p 0.1",
       .attributes = MakeAttributes(0.1),
       .inputs = {SampleUniform(Shape({67})), {}}},
      {.name = "p 0.5, three axes",
       .attributes = MakeAttributes(0.5),
       .inputs = {SampleUniform(Shape({2, 3, 5})), {}}},
      {.name = "some rows",
       .attributes = MakeAttributes(0.3),
       .inputs = {SampleUniform(Shape({4, 9})), SampleIds(Shape({4}), 0, 20)}}};
  return definition;
}

}  // namespace hairpin
