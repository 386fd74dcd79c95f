#include "ops/reduction.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace hairpin {

ReductionOp::ReductionOp(const Shape& x, absl::Span<const int64_t> axes, bool keepdim)
    : keepdim_(keepdim) {
  for (const int64_t axis : axes) {
    const uint32_t bit = 1u << x.NormalizeAxis(static_cast<int>(axis));
    HAIRPIN_CHECK((reduced_ & bit) == 0) << "axis " << axis << " of shape " << x
                                         << " is reduced twice";
    reduced_ |= bit;
  }
}

Shape ReductionOp::Kept(const Shape& x) const {
  int64_t sizes[Shape::kMaxRank];
  for (int axis = 0; axis < x.rank(); ++axis) sizes[axis] = reduced_ >> axis & 1 ? 1 : x[axis];
  return Shape(absl::MakeConstSpan(sizes, x.rank()));
}

OutputSpecs ReductionOp::InferOutputs(Specs inputs) const {
  const TensorSpec& x = inputs[0];
  HAIRPIN_CHECK(IsFloating(x.dtype)) << name() << ": dtype " << x.dtype << ", expected floating";
  if (keepdim_) return {{x.dtype, Kept(x.shape)}};
  int64_t sizes[Shape::kMaxRank];
  int rank = 0;
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    if (!(reduced_ >> axis & 1)) sizes[rank++] = x.shape[axis];
  }
  return {{x.dtype, Shape(absl::MakeConstSpan(sizes, rank))}};
}

void ReductionOp::WriteAttributes(Attributes* attributes) const {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < Shape::kMaxRank; ++axis) {
    if (reduced_ >> axis & 1) axes.push_back(axis);
  }
  SetInts(attributes, "axes", axes);
  SetBool(attributes, "keepdim", keepdim_);
}

absl::Span<const int64_t> AllAxes(const Shape& shape) {
  static constexpr int64_t kAxes[] = {0, 1, 2, 3, 4, 5};
  static_assert(std::size(kAxes) == Shape::kMaxRank);
  return absl::MakeConstSpan(kAxes, static_cast<size_t>(shape.rank()));
}

OpDefinition ReductionDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>, bool),
                                 Tensor (*sample_of)(const Shape& shape)) {
  OpDefinition definition;
  definition.name = name;
  definition.formula = formula;
  definition.inputs = {"x"};
  definition.apply = [function](Recording&, const Attributes& attributes,
                                absl::Span<const Variable> x) {
    return std::vector<Variable>{
        function(x[0], GetInts(attributes, "axes"), GetBool(attributes, "keepdim", false))};
  };
  const std::pair<Shape, std::vector<int64_t>> kCases[] = {
      {Shape({37}), {0}},          {Shape({3, 5}), {1}},          {Shape({3, 5}), {0}},
      {Shape({2, 3, 4}), {0, 2}},  {Shape({2, 3, 4}), {0, 1, 2}}, {Shape({2, 3, 4}), {1}},
      {Shape({2, 3, 4}), {}}};
  for (const auto& [shape, axes] : kCases) {
    for (const bool keepdim : {false, true}) {
      OpSample sample = {.name = absl::StrCat(shape.ToString(), " ", axes.size(), " axes",
                                              keepdim ? " kept" : ""),
                         .inputs = {sample_of(shape)}};
      SetInts(&sample.attributes, "axes", axes);
      SetBool(&sample.attributes, "keepdim", keepdim);
      definition.samples.push_back(std::move(sample));
    }
  }
  return definition;
}

}  // namespace hairpin
