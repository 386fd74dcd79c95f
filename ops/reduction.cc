#include "ops/reduction.h"

#include "absl/strings/str_cat.h"
#include "ops/kernels/binary.h"
#include "ops/kernels/reduce.h"

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

double ReductionOp::ScaleFor(const Shape& x) const {
  int64_t count = 1;
  for (int axis = 0; axis < x.rank(); ++axis) count *= reduced_ >> axis & 1 ? x[axis] : 1;
  return Scale(count);
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

void ReductionOp::Forward(const ForwardArgs& args) const {
  const Tensor& x = args.input(0);
  DispatchFloating(x.dtype(), [&]<class T>() {
    kernels::SumToShape(x.data<T>(), x.shape(), ScaleFor(x.shape()), /*accumulate=*/false,
                        args.output(0).raw<T>(), Kept(x.shape()));
  });
}

Stages ReductionOp::stages() const {
  static constexpr BackwardStage kStages[] = {{.gradients = 0b1}};
  return kStages;
}

// dx = scale * dy, each element of dy in all places that were summed into it.
void ReductionOp::Backward(int stage, const BackwardArgs& args) const {
  const Tensor &dy = args.upstream(), &dx = args.gradient(0);
  if (dx.num_elements() == 0) return;
  DispatchFloating(dx.dtype(), [&]<class T>() {
    const T scale = static_cast<T>(ScaleFor(dx.shape()));
    kernels::Multiply(dy.data<T>(), Kept(dx.shape()), &scale, Shape(), /*accumulate=*/false,
                      dx.raw<T>(), dx.shape());
  });
}

Cost ReductionOp::cost(Specs inputs) const {
  const int64_t n = inputs[0].shape.num_elements();
  return {.forward_flops = n, .backward_flops = n};
}

void ReductionOp::WriteAttributes(Attributes* attributes) const {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < Shape::kMaxRank; ++axis) {
    if (reduced_ >> axis & 1) axes.push_back(axis);
  }
  SetInts(attributes, "axes", axes);
  SetBool(attributes, "keepdim", keepdim_);
}

std::vector<int64_t> AllAxes(const Shape& shape) {
  std::vector<int64_t> axes;
  for (int axis = 0; axis < shape.rank(); ++axis) axes.push_back(axis);
  return axes;
}

OpDefinition ReductionDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>, bool)) {
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
                         .inputs = {SampleUniform(shape)}};
      SetInts(&sample.attributes, "axes", axes);
      SetBool(&sample.attributes, "keepdim", keepdim);
      definition.samples.push_back(std::move(sample));
    }
  }
  return definition;
}

}  // namespace hairpin
