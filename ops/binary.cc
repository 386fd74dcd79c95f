#include "ops/binary.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace hairpin {

OutputSpecs BinaryOp::InferOutputs(Specs inputs) const {
  HAIRPIN_CHECK(inputs.size() == 2) << name() << ": " << inputs.size() << " inputs, expected 2";
  const TensorSpec &a = inputs[0], &b = inputs[1];
  HAIRPIN_CHECK(a.dtype == b.dtype && IsFloating(a.dtype))
      << name() << ": dtypes " << a.dtype << " and " << b.dtype
      << ", expected one floating dtype";
  const std::optional<Shape> shape = BroadcastShapes(a.shape, b.shape);
  HAIRPIN_CHECK(shape.has_value())
      << name() << ": shapes " << a.shape << " and " << b.shape
      << " don't broadcast; aligned at the last axis, sizes must be equal or one of them 1";
  return {{a.dtype, *shape}};
}

Cost BinaryOp::cost(Specs inputs) const {
  const int64_t n = InferOutputs(inputs).specs[0].shape.num_elements();
  return {.forward_flops = n, .backward_flops = 2 * n};
}

OpDefinition BinaryDefinition(const std::string& name, const std::string& formula,
                              Variable (*function)(Variable, Variable),
                              Tensor (*sample_a)(const Shape&, uint64_t seed),
                              Tensor (*sample_b)(const Shape&, uint64_t seed)) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {"a", "b"};
  definition.apply = [function](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{function(x[0], x[1])};
  };
  const std::pair<Shape, Shape> kShapes[] = {
      {Shape({37}), Shape({37})},          {Shape({2, 3, 5}), Shape({2, 3, 5})},
      {Shape({4, 7}), Shape({7})},         {Shape({7}), Shape({4, 7})},
      {Shape({4, 1, 3}), Shape({2, 1})},   {Shape({3, 4}), Shape()},
      {Shape({2, 3, 1}), Shape({1, 3, 4})}};
  for (const auto& [a, b] : kShapes) {
    definition.samples.push_back(
        {.name = absl::StrCat("shapes", a.ToString(), b.ToString()),
         .inputs = {sample_a(a, /*seed=*/1), sample_b(b, /*seed=*/2)}});
  }
  return definition;
}

}  // namespace hairpin
