#include "ops/slice.h"

#include <vector>

#include "ops/kernels/copy.h"

namespace hairpin {
namespace {

class SliceOp final : public Op {
 public:
  SliceOp(int axis, int64_t start, int64_t end) : axis_(axis), start_(start), end_(end) {}
  const char* name() const override { return "slice"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[0];
    HAIRPIN_CHECK(IsFloating(x.dtype)) << "slice: dtype " << x.dtype << ", expected floating";
    HAIRPIN_CHECK(start_ >= 0 && start_ <= end_ && end_ <= x.shape[axis_])
        << "slice: [" << start_ << ", " << end_ << ") of axis " << axis_ << " of " << x.shape;
    return {{x.dtype, x.shape.With(axis_, end_ - start_)}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(0);
    const Part part = PartOf(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::StridedCopy(x.data<T>() + part.offset, {part.stride, 1}, part.shape(), false,
                           args.output(0).raw<T>(), {part.columns, 1});
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& dy = args.upstream();
    const Shape& x = args.input_spec(0).shape;
    const Part part = PartOf(x);
    DispatchFloating(dy.dtype(), [&]<class T>() {
      T* dx = args.gradient(0).raw<T>();
      if (!args.accumulate(0)) kernels::Fill(T(0), x.num_elements(), dx);
      kernels::StridedCopy(dy.data<T>(), {part.columns, 1}, part.shape(), args.accumulate(0),
                           dx + part.offset, {part.stride, 1});
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = PartOf(inputs[0].shape).shape().num_elements();
    return {.forward_flops = n, .backward_flops = inputs[0].shape.num_elements()};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "axis", axis_);
    SetNumber(attributes, "start", static_cast<double>(start_));
    SetNumber(attributes, "end", static_cast<double>(end_));
  }

 private:
  // The part's place in x, both seen as matrices: rows before the axis.
  struct Part {
    int64_t rows, columns, stride, offset;
    Shape shape() const { return Shape({rows, columns}); }
  };
  Part PartOf(const Shape& x) const {
    const int axis = x.NormalizeAxis(axis_);
    const int64_t inner = x.Product(axis + 1, x.rank());
    return {x.Product(0, axis), (end_ - start_) * inner, x[axis] * inner, start_ * inner};
  }

  int axis_;
  int64_t start_, end_;
};

OpSample MakeSample(const std::string& name, const Shape& shape, int axis, int start, int end) {
  OpSample sample = {.name = name, .inputs = {SampleUniform(shape)}};
  SetNumber(&sample.attributes, "axis", axis);
  SetNumber(&sample.attributes, "start", start);
  SetNumber(&sample.attributes, "end", end);
  return sample;
}

}  // namespace

Variable Slice(Variable x, int axis, int64_t start, int64_t end) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<SliceOp>(axis, start, end), std::move(x));
}

OpDefinition SliceDefinition() {
  OpDefinition definition;
  definition.name = "slice";
  definition.formula = "y = x[..., start : end, ...]";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    const int axis = static_cast<int>(GetInt(attributes, "axis", 0));
    return std::vector<Variable>{Slice(x[0], axis, GetInt(attributes, "start", 0),
                                       GetInt(attributes, "end", x[0].shape()[axis]))};
  };
  definition.samples = {MakeSample("rows", Shape({6, 5}), 0, 1, 4),
                        MakeSample("columns", Shape({4, 37}), -1, 20, 37),
                        MakeSample("middle", Shape({2, 5, 3}), 1, 2, 4)};
  return definition;
}

}  // namespace hairpin
