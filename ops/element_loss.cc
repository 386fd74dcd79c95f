#include "ops/element_loss.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

OutputSpecs ElementLossOp::InferOutputs(Specs inputs) const {
  const TensorSpec &x = inputs[0], &target = inputs[1];
  HAIRPIN_CHECK(IsFloating(x.dtype) && target.dtype == x.dtype)
      << name() << ": dtypes " << x.dtype << " and " << target.dtype
      << ", expected one floating dtype";
  HAIRPIN_CHECK(x.shape == target.shape)
      << name() << ": shapes " << x.shape << " and " << target.shape << ", expected one shape";
  return {{x.dtype, Shape()}};
}

void ElementLossOp::WriteAttributes(Attributes* attributes) const {
  SetReduction(attributes, reduction_);
}

OpDefinition ElementLossDefinition(const std::string& name, const std::string& formula,
                                   const std::string& x_name,
                                   Variable (*function)(Variable, Variable, Reduction)) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {x_name, "target"};
  definition.apply = [name, function](Recording&, const Attributes& attributes,
                                      absl::Span<const Variable> x) {
    return std::vector<Variable>{
        function(x[0], x[1], GetReduction(attributes, name, Reduction::kMean))};
  };
  for (const Reduction reduction : {Reduction::kSum, Reduction::kMean}) {
    for (const Shape& shape : {Shape({37}), Shape({2, 3, 5}), Shape()}) {
      OpSample sample = {.name = absl::StrCat(reduction == Reduction::kSum ? "sum" : "mean",
                                              " of ", shape.ToString()),
                         .inputs = {SampleUniform(shape), SampleUniform(shape, 0, 1, 1)}};
      SetReduction(&sample.attributes, reduction);
      definition.samples.push_back(std::move(sample));
    }
  }
  return definition;
}

}  // namespace hairpin
