#include "ops/reshape.h"

#include <vector>

namespace hairpin {
namespace {

class ReshapeOp final : public Op {
 public:
  explicit ReshapeOp(absl::Span<const int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
    HAIRPIN_CHECK(rank_ <= Shape::kMaxRank) << "reshape: " << rank_ << " axes, at most "
                                            << Shape::kMaxRank;
    for (int axis = 0; axis < rank_; ++axis) sizes_[axis] = sizes[axis];
  }
  const char* name() const override { return "reshape"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const Shape& x = inputs[0].shape;
    int64_t sizes[Shape::kMaxRank];
    int64_t known = 1;
    int open = -1;
    for (int axis = 0; axis < rank_; ++axis) {
      sizes[axis] = sizes_[axis];
      if (sizes[axis] >= 0) {
        known *= sizes[axis];
        continue;
      }
      HAIRPIN_CHECK(sizes[axis] == -1 && open < 0)
          << "reshape: size " << sizes[axis] << " in axis " << axis
          << "; one size may be -1, no other is negative";
      open = axis;
    }
    if (open >= 0) {
      HAIRPIN_CHECK(known > 0 && x.num_elements() % known == 0)
          << "reshape: " << x << " does not divide into sizes of product " << known;
      sizes[open] = x.num_elements() / known;
    }
    const Shape shape(absl::MakeConstSpan(sizes, rank_));
    HAIRPIN_CHECK(shape.num_elements() == x.num_elements())
        << "reshape: " << x << " has " << x.num_elements() << " elements, " << shape << " has "
        << shape.num_elements();
    return {{inputs[0].dtype, shape}};
  }
  bool is_view() const override { return true; }
  void Forward(const ForwardArgs& args) const override {}

  // dx is dy under x's shape.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .passes = 0b1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {}

  Cost cost(Specs inputs) const override { return {}; }
  void WriteAttributes(Attributes* attributes) const override {
    SetInts(attributes, "shape", absl::MakeConstSpan(sizes_, rank_));
  }

 private:
  int rank_;
  int64_t sizes_[Shape::kMaxRank] = {};
};

OpSample MakeSample(const std::string& name, const Shape& from, std::vector<int64_t> to) {
  OpSample sample = {.name = name, .inputs = {SampleUniform(from)}};
  SetInts(&sample.attributes, "shape", to);
  return sample;
}

}  // namespace

Variable Reshape(Variable x, absl::Span<const int64_t> sizes) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<ReshapeOp>(sizes), std::move(x));
}

OpDefinition ReshapeDefinition() {
  OpDefinition definition;
  definition.name = "reshape";
  definition.formula = "y = x under another shape";
  definition.inputs = {"x"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{Reshape(x[0], GetInts(attributes, "shape"))};
  };
  definition.samples = {MakeSample("flat", Shape({3, 4, 5}), {60}),
                        MakeSample("one size open", Shape({3, 4, 5}), {6, -1}),
                        MakeSample("to a scalar", Shape({1, 1}), {}),
                        MakeSample("more axes", Shape({12}), {2, 3, 2})};
  return definition;
}

}  // namespace hairpin
