#include "ops/permute.h"

#include <vector>

#include "ops/permutation.h"

namespace hairpin {
namespace {

class PermuteOp final : public PermutationOp {
 public:
  using PermutationOp::PermutationOp;
  const char* name() const override { return "permute"; }
  void WriteAttributes(Attributes* attributes) const override {
    int64_t wide[Shape::kMaxRank];
    for (size_t i = 0; i < axes().size(); ++i) wide[i] = axes()[i];
    SetInts(attributes, "axes", absl::MakeConstSpan(wide, axes().size()));
  }
};

OpSample MakeSample(const std::string& name, const Shape& shape, std::vector<int64_t> axes) {
  OpSample sample = {.name = name, .inputs = {SampleUniform(shape)}};
  SetInts(&sample.attributes, "axes", axes);
  return sample;
}

}  // namespace

Variable Permute(Variable x, absl::Span<const int64_t> axes) {
  Recording& recording = x.recording();
  const Shape& shape = x.shape();
  HAIRPIN_CHECK(static_cast<int>(axes.size()) == shape.rank())
      << "permute: " << axes.size() << " axes of " << shape << ", expected each once";
  int normal[Shape::kMaxRank];
  uint32_t seen = 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    normal[i] = shape.NormalizeAxis(static_cast<int>(axes[i]));
    HAIRPIN_CHECK((seen >> normal[i] & 1) == 0) << "permute: axis " << axes[i] << " twice";
    seen |= uint32_t{1} << normal[i];
  }
  const auto* op = recording.New<PermuteOp>(absl::MakeConstSpan(normal, axes.size()));
  return recording.Apply(op, std::move(x));
}

OpDefinition PermuteDefinition() {
  OpDefinition definition;
  definition.name = "permute";
  definition.formula = "y = x with axis k of y being axis axes[k] of x";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Permute(x[0], GetInts(attributes, "axes"))};
  };
  definition.samples = {MakeSample("matrix", Shape({19, 23}), {1, 0}),
                        MakeSample("heads", Shape({2, 5, 3, 4}), {0, 2, 1, 3}),
                        MakeSample("cycle", Shape({3, 4, 5}), {2, 0, -2}),
                        MakeSample("six axes", Shape({2, 3, 1, 2, 3, 2}), {5, 3, 1, 0, 2, 4}),
                        MakeSample("nothing moves", Shape({3, 4}), {0, 1})};
  return definition;
}

}  // namespace hairpin
