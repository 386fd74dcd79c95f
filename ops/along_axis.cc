#include "ops/along_axis.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

OutputSpecs AlongAxisOp::InferOutputs(Specs inputs) const {
  const TensorSpec& x = inputs[0];
  HAIRPIN_CHECK(IsFloating(x.dtype)) << name() << ": dtype " << x.dtype << ", expected floating";
  x.shape.NormalizeAxis(axis_);
  return {x};
}

Stages AlongAxisOp::stages() const {
  static constexpr BackwardStage kStages[] = {
      {.gradients = 0b1, .outputs = 0b1, .accumulates = 0b1, .over_upstream = 0}};
  return kStages;
}

void AlongAxisOp::WriteAttributes(Attributes* attributes) const {
  SetNumber(attributes, "axis", axis_);
}

AlongAxisOp::Extents AlongAxisOp::ExtentsOf(const Shape& shape) const {
  const int axis = shape.NormalizeAxis(axis_);
  return {shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.rank())};
}

OpDefinition AlongAxisDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, int)) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {"x"};
  definition.apply = [function](Recording&, const Attributes& attributes,
                                absl::Span<const Variable> x) {
    return std::vector<Variable>{
        function(x[0], static_cast<int>(GetInt(attributes, "axis", -1)))};
  };
  const std::pair<Shape, int> kCases[] = {
      {Shape({19}), 0}, {Shape({6, 37}), -1}, {Shape({3, 4, 5}), 1}, {Shape({5, 21}), 0}};
  for (const auto& [shape, axis] : kCases) {
    OpSample sample = {.name = absl::StrCat("axis ", axis, " of ", shape.ToString()),
                       .inputs = {SampleUniform(shape)}};
    SetNumber(&sample.attributes, "axis", axis);
    definition.samples.push_back(std::move(sample));
  }
  return definition;
}

}  // namespace hairpin
