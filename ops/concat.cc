#include "ops/concat.h"

#include <array>
#include <vector>

#include "ops/kernels/copy.h"

namespace hairpin {
namespace {

constexpr int kMaxInputs = 32;  // bits of a stage's masks

class ConcatOp final : public Op {
 public:
  ConcatOp(int inputs, int axis) : axis_(axis) {
    const uint32_t all = inputs == kMaxInputs ? ~uint32_t{0} : (uint32_t{1} << inputs) - 1;
    stage_ = {.gradients = all, .accumulates = all};
  }
  const char* name() const override { return "concat"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const Shape& first = inputs[0].shape;
    const int axis = first.NormalizeAxis(axis_);
    int64_t size = 0;
    for (const TensorSpec& input : inputs) {
      HAIRPIN_CHECK(IsFloating(input.dtype) && input.dtype == inputs[0].dtype &&
                    input.shape.rank() == first.rank() &&
                    input.shape.With(axis, 0) == first.With(axis, 0))
          << "concat along axis " << axis << ": found " << input.dtype << " " << input.shape
          << " beside " << inputs[0].dtype << " " << first
          << ", expected one floating dtype and equal sizes elsewhere";
      size += input.shape[axis];
    }
    return {{inputs[0].dtype, first.With(axis, size)}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& y = args.output(0);
    int64_t begin = 0;
    DispatchFloating(y.dtype(), [&]<class T>() {
      for (int i = 0; i < args.num_inputs(); ++i) {
        const Tensor& x = args.input(i);
        const Part part = PartOf(x.shape(), y.shape(), &begin);
        kernels::StridedCopy(x.data<T>(), {part.columns, 1}, part.shape(), false,
                             y.raw<T>() + part.offset, {part.stride, 1});
      }
    });
  }

  Stages stages() const override { return absl::MakeConstSpan(&stage_, 1); }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& dy = args.upstream();
    int64_t begin = 0;
    DispatchFloating(dy.dtype(), [&]<class T>() {
      for (int i = 0; i < args.num_inputs(); ++i) {
        const Part part = PartOf(args.input_spec(i).shape, dy.shape(), &begin);
        if (!args.needs(i)) continue;
        kernels::StridedCopy(dy.data<T>() + part.offset, {part.stride, 1}, part.shape(),
                             args.accumulate(i), args.gradient(i).raw<T>(), {part.columns, 1});
      }
    });
  }

  Cost cost(Specs inputs) const override {
    int64_t n = 0;
    for (const TensorSpec& input : inputs) n += input.shape.num_elements();
    return {.forward_flops = n, .backward_flops = n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "axis", axis_);
  }

 private:
  // An input's place in the output, both seen as matrices: rows before the axis.
  struct Part {
    int64_t rows, columns, stride, offset;
    Shape shape() const { return Shape({rows, columns}); }
  };
  // Advances `begin`, the place along the axis.
  Part PartOf(const Shape& x, const Shape& y, int64_t* begin) const {
    const int axis = y.NormalizeAxis(axis_);
    const int64_t inner = y.Product(axis + 1, y.rank());
    const Part part = {y.Product(0, axis), x[axis] * inner, y[axis] * inner, *begin * inner};
    *begin += x[axis];
    return part;
  }

  int axis_;
  BackwardStage stage_;
};

OpSample MakeSample(const std::string& name, int axis, std::array<Shape, 3> shapes, int count) {
  OpSample sample = {.name = name};
  for (int i = 0; i < 3; ++i) {
    sample.inputs.push_back(i < count ? SampleUniform(shapes[i]) : Tensor());
  }
  SetNumber(&sample.attributes, "axis", axis);
  return sample;
}

}  // namespace

Variable Concat(absl::Span<const Variable> inputs, int axis) {
  const int count = static_cast<int>(inputs.size());
  HAIRPIN_CHECK(count >= 1 && count <= kMaxInputs)
      << "concat: " << count << " inputs, expected 1 to " << kMaxInputs;
  Recording& recording = inputs[0].recording();
  std::array<Variable, kMaxInputs> handles;
  for (int i = 0; i < count; ++i) handles[i] = inputs[i];
  return recording
      .ApplySpan(recording.New<ConcatOp>(count, axis), absl::MakeSpan(handles.data(), count))
      .output(0);
}

OpDefinition ConcatDefinition() {
  OpDefinition definition;
  definition.name = "concat";
  definition.formula = "y = [x0, x1, ...] along an axis";
  definition.inputs = {"x0", "x1", "x2"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    std::vector<Variable> present;
    for (const Variable& input : x) {
      if (input) present.push_back(input);
    }
    return std::vector<Variable>{
        Concat(present, static_cast<int>(GetInt(attributes, "axis", 0)))};
  };
  definition.samples = {
      MakeSample("rows", 0, {Shape({2, 5}), Shape({3, 5}), Shape()}, 2),
      MakeSample("columns", -1, {Shape({4, 2}), Shape({4, 7}), Shape({4, 1})}, 3),
      MakeSample("middle", 1, {Shape({2, 3, 4}), Shape({2, 1, 4}), Shape({2, 2, 4})}, 3),
      MakeSample("one alone", 0, {Shape({6}), Shape(), Shape()}, 1)};
  return definition;
}

}  // namespace hairpin
