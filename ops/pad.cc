#include "ops/pad.h"

#include <algorithm>
#include <array>
#include <vector>

#include "ops/kernels/copy.h"

namespace hairpin {
namespace {

using Widths = std::array<int64_t, Shape::kMaxRank>;

class PadOp final : public Op {
 public:
  PadOp(const Widths& before, const Widths& after, int rank, double value)
      : before_(before), after_(after), rank_(rank), value_(value) {}
  const char* name() const override { return "pad"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() == rank_)
        << "pad of " << rank_ << " axes: x of " << x.dtype << x.shape
        << ", expected floating with as many axes";
    Shape shape = x.shape;
    for (int i = 0; i < rank_; ++i) shape = shape.With(i, before_[i] + shape[i] + after_[i]);
    return {{x.dtype, shape}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &x = args.input(0), &y = args.output(0);
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::Fill(static_cast<T>(value_), y.num_elements(), y.raw<T>());
      const kernels::Strides to = kernels::ContiguousStrides(y.shape());
      kernels::StridedCopy(x.data<T>(), kernels::ContiguousStrides(x.shape()), x.shape(),
                           /*accumulate=*/false, y.raw<T>() + Offset(to), to);
    });
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &dy = args.upstream(), &dx = args.gradient(0);
    if (dx.num_elements() == 0) return;
    DispatchFloating(dy.dtype(), [&]<class T>() {
      const kernels::Strides from = kernels::ContiguousStrides(dy.shape());
      kernels::StridedCopy(dy.data<T>() + Offset(from), from, dx.shape(), args.accumulate(0),
                           dx.raw<T>(), kernels::ContiguousStrides(dx.shape()));
    });
  }

  Cost cost(Specs inputs) const override {
    return {.forward_flops = InferOutputs(inputs).specs[0].shape.num_elements(),
            .backward_flops = inputs[0].shape.num_elements()};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetInts(attributes, "before", absl::MakeConstSpan(before_.data(), rank_));
    SetInts(attributes, "after", absl::MakeConstSpan(after_.data(), rank_));
    SetNumber(attributes, "value", value_);
  }

 private:
  // Of x's first element in y.
  int64_t Offset(const kernels::Strides& strides) const {
    int64_t offset = 0;
    for (int i = 0; i < rank_; ++i) offset += before_[i] * strides[i];
    return offset;
  }

  Widths before_, after_;
  int rank_;
  double value_;
};

}  // namespace

Variable Pad(Variable x, absl::Span<const int64_t> before, absl::Span<const int64_t> after,
             double value) {
  Recording& recording = x.recording();
  const int rank = x.shape().rank();
  HAIRPIN_CHECK(static_cast<int>(before.size()) == rank && static_cast<int>(after.size()) == rank)
      << "pad: " << before.size() << " numbers before, " << after.size() << " after, x of shape "
      << x.shape() << ", expected one for each axis";
  Widths widths[2] = {};
  for (int i = 0; i < rank; ++i) {
    HAIRPIN_CHECK(before[i] >= 0 && after[i] >= 0)
        << "pad: " << before[i] << " before and " << after[i] << " after axis " << i
        << ", expected 0 or more";
    widths[0][i] = before[i];
    widths[1][i] = after[i];
  }
  return recording.Apply(recording.New<PadOp>(widths[0], widths[1], rank, value), std::move(x));
}

OpDefinition PadDefinition() {
  OpDefinition definition;
  definition.name = "pad";
  definition.formula = "y = x with constant borders";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Pad(x[0], GetInts(attributes, "before"),
                                     GetInts(attributes, "after"),
                                     GetNumber(attributes, "value", 0))};
  };
  const auto sample = [&](const std::string& name, const Shape& shape,
                          std::vector<int64_t> before, std::vector<int64_t> after, double value) {
    OpSample s = {.name = name, .inputs = {SampleUniform(shape)}};
    SetInts(&s.attributes, "before", before);
    SetInts(&s.attributes, "after", after);
    SetNumber(&s.attributes, "value", value);
    definition.samples.push_back(std::move(s));
  };
  sample("image", {2, 2, 3, 4}, {0, 0, 1, 2}, {0, 0, 2, 0}, 0);
  sample("all sides, a value", {3, 5}, {1, 2}, {3, 1}, -1.5);
  sample("vector", {4}, {0}, {3}, 2);
  sample("nothing", {0, 3}, {2, 0}, {0, 1}, 1);
  return definition;
}

}  // namespace hairpin
