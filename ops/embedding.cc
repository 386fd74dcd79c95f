#include "ops/embedding.h"

#include <vector>

#include "ops/kernels/gather.h"

namespace hairpin {
namespace {

class EmbeddingOp final : public Op {
 public:
  const char* name() const override { return "embedding"; }

  // ids, table -> y
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &ids = inputs[0], &table = inputs[1];
    HAIRPIN_CHECK(ids.dtype == DType::kInt32 && IsFloating(table.dtype))
        << "embedding: dtypes " << ids.dtype << " and " << table.dtype
        << ", expected int32 ids and a floating table";
    HAIRPIN_CHECK(table.shape.rank() == 2 && ids.shape.rank() < Shape::kMaxRank)
        << "embedding: ids " << ids.shape << ", table " << table.shape
        << ", expected a table [V, C] and ids of fewer than " << Shape::kMaxRank << " axes";
    int64_t sizes[Shape::kMaxRank];
    for (int axis = 0; axis < ids.shape.rank(); ++axis) sizes[axis] = ids.shape[axis];
    sizes[ids.shape.rank()] = table.shape[1];
    return {{table.dtype, Shape(absl::MakeConstSpan(sizes, ids.shape.rank() + 1))}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor &ids = args.input(0), &table = args.input(1);
    const int32_t* id = ids.data<int32_t>();
    const int64_t n = ids.num_elements(), V = table.shape()[0];
    const int64_t wrong = kernels::FirstOutOfRange(id, n, V);
    HAIRPIN_CHECK(wrong < 0) << "embedding: id " << id[wrong] << " at " << wrong
                             << ", expected [0, " << V << ")";
    DispatchFloating(table.dtype(), [&]<class T>() {
      kernels::GatherRows(table.data<T>(), id, n, table.shape()[1], args.output(0).raw<T>());
    });
  }

  // dtable[ids[i]] += dy[i]
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b10, .inputs = 0b01, .accumulates = 0b10}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& ids = args.input(0);
    const Shape& table = args.input_spec(1).shape;
    DispatchFloating(args.upstream().dtype(), [&]<class T>() {
      kernels::ScatterAddRows(args.upstream().data<T>(), ids.data<int32_t>(),
                              ids.num_elements(), table[1], table[0], args.accumulate(1),
                              args.gradient(1).raw<T>());
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements() * inputs[1].shape[1];
    return {.forward_flops = n, .backward_flops = n};
  }
};

}  // namespace

Variable Embedding(Variable ids, Variable table) {
  Recording& recording = table.recording();
  return recording.Apply(recording.New<EmbeddingOp>(), std::move(ids), std::move(table));
}

OpDefinition EmbeddingDefinition() {
  OpDefinition definition;
  definition.name = "embedding";
  definition.formula = "y[...] = table[ids[...]]";
  definition.inputs = {"ids", "table"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{Embedding(x[0], x[1])};
  };
  definition.samples = {
      {.name = "rows met often",
       .inputs = {SampleIds(Shape({2, 9}), 0, 4), SampleUniform(Shape({6, 5}))}},
      {.name = "wide rows",
       .inputs = {SampleIds(Shape({7}), 0, 3), SampleUniform(Shape({3, 70}))}},
      {.name = "one id", .inputs = {SampleIds(Shape(), 0, 3), SampleUniform(Shape({3, 2}))}}};
  return definition;
}

}  // namespace hairpin
