#include "ops/index_add.h"

#include <vector>

#include "ops/kernels/copy.h"
#include "ops/kernels/gather.h"

namespace hairpin {
namespace {

constexpr int kX = 0, kIndex = 1, kSource = 2;

class IndexAddOp final : public Op {
 public:
  explicit IndexAddOp(int axis) : axis_(axis) {}
  const char* name() const override { return "index_add"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &x = inputs[kX], &index = inputs[kIndex], &source = inputs[kSource];
    HAIRPIN_CHECK(IsFloating(x.dtype) && source.dtype == x.dtype && index.dtype == DType::kInt32)
        << "index_add: dtypes " << x.dtype << ", " << index.dtype << ", " << source.dtype
        << ", expected one floating dtype and int32 index";
    HAIRPIN_CHECK(x.shape.rank() >= 1 && index.shape.rank() == 1 &&
                  source.shape == x.shape.With(axis_, index.shape[0]))
        << "index_add along axis " << axis_ << ": x " << x.shape << ", index " << index.shape
        << ", source " << source.shape << ", expected [..., N, ...], [R], [..., R, ...]";
    return {x};
  }
  int overwrites() const override { return kX; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &x = args.input(kX), &index = args.input(kIndex), &source = args.input(kSource);
    const Extents e = ExtentsOf(x.shape());
    const int32_t* const id = index.data<int32_t>();
    const int64_t R = index.num_elements(), wrong = kernels::FirstOutOfRange(id, R, e.n);
    HAIRPIN_CHECK(wrong < 0) << "index_add: index " << id[wrong] << " at " << wrong
                             << ", expected [0, " << e.n << ")";
    DispatchFloating(x.dtype(), [&]<class T>() {
      T* const y = args.output(0).raw<T>();
      if (y != x.data<T>()) kernels::Copy(x.data<T>(), x.num_elements(), false, y);
      for (int64_t o = 0; o < e.outer; ++o) {
        kernels::ScatterAddRows(source.data<T>() + o * R * e.inner, id, R, e.inner, e.n,
                                /*accumulate=*/true, y + o * e.n * e.inner);
      }
    });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 1 << kX, .passes = 1 << kX},
        {.gradients = 1 << kSource, .inputs = 1 << kIndex}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    if (stage == 0) return;
    const Tensor &dy = args.upstream(), &index = args.input(kIndex);
    const Extents e = ExtentsOf(dy.shape());
    const int64_t R = index.num_elements();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      for (int64_t o = 0; o < e.outer; ++o) {
        kernels::GatherRows(dy.data<T>() + o * e.n * e.inner, index.data<int32_t>(), R, e.inner,
                            args.gradient(kSource).raw<T>() + o * R * e.inner);
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[kX].shape.num_elements() + inputs[kSource].shape.num_elements();
    return {.forward_flops = n, .backward_flops = n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "axis", axis_);
  }

 private:
  struct Extents {
    int64_t outer, n, inner;
  };
  Extents ExtentsOf(const Shape& x) const {
    const int axis = x.NormalizeAxis(axis_);
    return {x.Product(0, axis), x[axis], x.Product(axis + 1, x.rank())};
  }

  int axis_;
};

}  // namespace

Variable IndexAdd(Variable x, int axis, Variable index, Variable source) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<IndexAddOp>(axis), std::move(x), std::move(index),
                         std::move(source));
}

OpDefinition IndexAddDefinition() {
  OpDefinition definition;
  definition.name = "index_add";
  definition.formula = "y = x, y[index[r]] += source[r] along an axis";
  definition.inputs = {"x", "index", "source"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        IndexAdd(x[0], static_cast<int>(GetInt(attributes, "axis", 0)), x[1], x[2])};
  };
  const auto sample = [&](const std::string& name, const Shape& x, int axis, int64_t R) {
    OpSample s = {.name = name,
                  .inputs = {SampleUniform(x, -2, 2, 1),
                             SampleIds({R}, 0, static_cast<int32_t>(x[axis]), 2),
                             SampleUniform(x.With(axis, R), -2, 2, 3)}};
    SetNumber(&s.attributes, "axis", axis);
    definition.samples.push_back(std::move(s));
  };
  sample("rows", {4, 3}, 0, 7);
  sample("columns", {3, 5}, -1, 4);
  sample("middle axis", {2, 3, 4}, 1, 6);
  sample("no slices", {3, 2}, 0, 0);
  return definition;
}

}  // namespace hairpin
