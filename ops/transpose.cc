#include "ops/transpose.h"

#include <vector>

#include "ops/permutation.h"

namespace hairpin {
namespace {

class TransposeOp final : public PermutationOp {
 public:
  TransposeOp(absl::Span<const int> axes, int a, int b) : PermutationOp(axes), a_(a), b_(b) {}
  const char* name() const override { return "transpose"; }
  void WriteAttributes(Attributes* attributes) const override {
    const int64_t axes[] = {a_, b_};
    SetInts(attributes, "axes", axes);
  }

 private:
  int64_t a_, b_;
};

OpSample MakeSample(const Shape& shape, int64_t a, int64_t b) {
  OpSample sample = {.name = shape.ToString(), .inputs = {SampleUniform(shape)}};
  const int64_t axes[] = {a, b};
  SetInts(&sample.attributes, "axes", axes);
  return sample;
}

}  // namespace

Variable Transpose(Variable x, int a, int b) {
  Recording& recording = x.recording();
  const Shape& shape = x.shape();
  int axes[Shape::kMaxRank];
  for (int axis = 0; axis < shape.rank(); ++axis) axes[axis] = axis;
  std::swap(axes[shape.NormalizeAxis(a)], axes[shape.NormalizeAxis(b)]);
  const auto* op =
      recording.New<TransposeOp>(absl::MakeConstSpan(axes, shape.rank()), a, b);
  return recording.Apply(op, std::move(x));
}

OpDefinition TransposeDefinition() {
  OpDefinition definition;
  definition.name = "transpose";
  definition.formula = "y = x with two axes swapped";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    const std::vector<int64_t> axes = GetInts(attributes, "axes");
    HAIRPIN_CHECK(axes.size() == 2) << "transpose: " << axes.size() << " axes, expected 2";
    return std::vector<Variable>{
        Transpose(x[0], static_cast<int>(axes[0]), static_cast<int>(axes[1]))};
  };
  definition.samples = {MakeSample(Shape({17, 35}), 0, 1), MakeSample(Shape({2, 3, 4, 5}), 1, -1),
                        MakeSample(Shape({2, 3, 7}), 0, 1)};
  return definition;
}

}  // namespace hairpin
