#include "ops/unary.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

OutputSpecs UnaryOp::InferOutputs(Specs inputs) const {
  HAIRPIN_CHECK(inputs.size() == 1 && IsFloating(inputs[0].dtype))
      << name() << ": found dtype " << inputs[0].dtype << ", expected one floating input";
  return {inputs[0]};
}

OpDefinition UnaryDefinition(const std::string& name, const std::string& formula,
                             Variable (*function)(Variable), std::vector<Tensor> samples) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {"x"};
  definition.apply = [function](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{function(x[0])};
  };
  for (const Tensor& sample : samples) {
    definition.samples.push_back(
        {.name = absl::StrCat("shape", sample.shape().ToString()), .inputs = {sample}});
  }
  return definition;
}

}  // namespace hairpin
