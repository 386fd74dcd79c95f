#include "ops/index_select.h"

#include "ops/kernels/gather.h"

namespace hairpin {
namespace {

class IndexSelectOp final : public Op {
 public:
  const char* name() const override { return "index_select"; }

  // x, index -> y
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &x = inputs[0], &index = inputs[1];
    HAIRPIN_CHECK(IsFloating(x.dtype) && index.dtype == DType::kInt32)
        << "index_select: dtypes " << x.dtype << " and " << index.dtype
        << ", expected floating x and int32 index";
    HAIRPIN_CHECK(x.shape.rank() >= 1 && index.shape.rank() == 1)
        << "index_select: x " << x.shape << ", index " << index.shape
        << ", expected [N, ...] and [R]";
    return {{x.dtype, x.shape.With(0, index.shape[0])}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &x = args.input(0), &index = args.input(1);
    const int32_t* id = index.data<int32_t>();
    const int64_t R = index.num_elements(), N = x.shape()[0];
    const int64_t wrong = kernels::FirstOutOfRange(id, R, N);
    HAIRPIN_CHECK(wrong < 0) << "index_select: index " << id[wrong] << " at " << wrong
                             << ", expected [0, " << N << ")";
    DispatchFloating(x.dtype(), [&]<class T>() {
      kernels::GatherRows(x.data<T>(), id, R, RowSize(x.shape()), args.output(0).raw<T>());
    });
  }

  // dx[index[i]] += dy[i]
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b01, .inputs = 0b10, .accumulates = 0b01}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& index = args.input(1);
    const Shape& x = args.input_spec(0).shape;
    DispatchFloating(args.upstream().dtype(), [&]<class T>() {
      kernels::ScatterAddRows(args.upstream().data<T>(), index.data<int32_t>(),
                              index.num_elements(), RowSize(x), x[0], args.accumulate(0),
                              args.gradient(0).raw<T>());
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[1].shape.num_elements() * RowSize(inputs[0].shape);
    return {.forward_flops = n, .backward_flops = n};
  }

 private:
  static int64_t RowSize(const Shape& x) { return x.Product(1, x.rank()); }
};

}  // namespace

Variable IndexSelect(Variable x, Variable index) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<IndexSelectOp>(), std::move(x), std::move(index));
}

OpDefinition IndexSelectDefinition() {
  OpDefinition definition;
  definition.name = "index_select";
  definition.formula = "y[i, ...] = x[index[i], ...]";
  definition.inputs = {"x", "index"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    HAIRPIN_CHECK(GetInt(attributes, "axis", 0) == 0) << "index_select: only axis 0";
    return std::vector<Variable>{IndexSelect(x[0], x[1])};
  };
  definition.samples = {
      {.name = "rows", .inputs = {SampleUniform(Shape({6, 5})), SampleIds(Shape({9}), 0, 4)}},
      {.name = "numbers", .inputs = {SampleUniform(Shape({6})), SampleIds(Shape({3}), 0, 6)}},
      {.name = "blocks",
       .inputs = {SampleUniform(Shape({3, 4, 17})), SampleIds(Shape({2}), 0, 3)}}};
  return definition;
}

}  // namespace hairpin
