#include "ops/cross_entropy.h"

#include "ops/kernels/copy.h"
#include "ops/kernels/cross_entropy.h"
#include "ops/kernels/reduce.h"

namespace hairpin {
namespace {

class CrossEntropyOp final : public Op {
 public:
  explicit CrossEntropyOp(const CrossEntropyOptions& options) : options_(options) {}
  const char* name() const override { return "cross_entropy"; }

  // logits, targets -> loss, correct; extra: the rows' log-sum-exp.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &logits = inputs[0], &targets = inputs[1];
    HAIRPIN_CHECK(IsFloating(logits.dtype) && targets.dtype == DType::kInt32)
        << "cross_entropy: dtypes " << logits.dtype << " and " << targets.dtype
        << ", expected floating logits and int32 targets";
    HAIRPIN_CHECK(logits.shape.rank() == 2 && logits.shape[1] >= 1 &&
                  targets.shape == Shape({logits.shape[0]}))
        << "cross_entropy: logits " << logits.shape << ", targets " << targets.shape
        << ", expected [M, V] and [M], V at least 1";
    return OutputSpecs({{logits.dtype, Shape()}, {DType::kInt32, Shape()}},
                       {{logits.dtype, targets.shape}});
  }

  // Scratch: each row's loss, then whether it is correct.
  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    return inputs[0].shape[0] * (SizeOf(inputs[0].dtype) + SizeOf(DType::kInt32));
  }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& logits = args.input(0);
    const int32_t* targets = args.input(1).data<int32_t>();
    const int64_t M = logits.shape()[0], V = logits.shape()[1];
    for (int64_t m = 0; m < M; ++m) {
      HAIRPIN_CHECK(targets[m] == options_.ignore_index || (targets[m] >= 0 && targets[m] < V))
          << "cross_entropy: target " << targets[m] << " in row " << m << ", expected [0, " << V
          << ") or ignore_index " << options_.ignore_index;
    }
    DispatchFloating(logits.dtype(), [&]<class T>() {
      T* row_loss = static_cast<T*>(args.workspace());
      int32_t* row_correct = reinterpret_cast<int32_t*>(row_loss + M);
      kernels::CrossEntropy(logits.data<T>(), targets, options_.ignore_index, M, V, row_loss,
                            args.output(2).raw<T>(), row_correct, options_.label_smoothing);
      T* loss = args.output(0).raw<T>();
      kernels::SumToShape(row_loss, Shape({M}), 1, /*accumulate=*/false, loss, Shape());
      if (options_.reduction == Reduction::kMean) *loss /= static_cast<T>(Counted(targets, M));
      int32_t correct = 0;
      for (int64_t m = 0; m < M; ++m) correct += row_correct[m];
      *args.output(1).raw<int32_t>() = correct;
    });
  }

  // dlogits may be written over the logits.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b01, .inputs = 0b11, .outputs = 0b100, .over_input = 0}};
    return kStages;
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    return inputs[0].shape[0] * SizeOf(inputs[0].dtype);
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& logits = args.input(0);
    const int32_t* targets = args.input(1).data<int32_t>();
    const int64_t M = logits.shape()[0], V = logits.shape()[1];
    DispatchFloating(logits.dtype(), [&]<class T>() {
      // Where all rows are ignored the factor is not finite, and no row uses it.
      T factor = *args.upstream().data<T>();
      if (options_.reduction == Reduction::kMean) factor /= static_cast<T>(Counted(targets, M));
      T* row_factor = static_cast<T*>(args.workspace());
      kernels::Fill(factor, M, row_factor);
      kernels::CrossEntropyBackward(logits.data<T>(), targets, options_.ignore_index,
                                    args.output(2).data<T>(), row_factor, M, V,
                                    args.gradient(0).raw<T>(), options_.label_smoothing);
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[0].shape.num_elements();
    return {.forward_flops = 20 * n, .backward_flops = 20 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetReduction(attributes, options_.reduction);
    SetNumber(attributes, "ignore_index", options_.ignore_index);
    SetNumber(attributes, "label_smoothing", options_.label_smoothing);
  }

 private:
  int64_t Counted(const int32_t* targets, int64_t M) const {
    int64_t counted = 0;
    for (int64_t m = 0; m < M; ++m) counted += targets[m] != options_.ignore_index;
    return counted;
  }

  CrossEntropyOptions options_;
};

Attributes MakeAttributes(Reduction reduction, int32_t ignore_index, double smoothing = 0) {
  Attributes attributes;
  SetNumber(&attributes, "label_smoothing", smoothing);
  SetReduction(&attributes, reduction);
  SetNumber(&attributes, "ignore_index", ignore_index);
  return attributes;
}

}  // namespace

CrossEntropyResult CrossEntropy(Variable logits, Variable targets,
                                const CrossEntropyOptions& options) {
  HAIRPIN_CHECK(options.label_smoothing >= 0 && options.label_smoothing <= 1)
      << "cross_entropy: label_smoothing " << options.label_smoothing << ", expected [0, 1]";
  Recording& recording = logits.recording();
  Variable inputs[] = {std::move(logits), std::move(targets)};
  const auto applied =
      recording.ApplySpan(recording.New<CrossEntropyOp>(options), absl::MakeSpan(inputs));
  return {.loss = applied.output(0), .correct = applied.output(1)};
}

OpDefinition CrossEntropyDefinition() {
  OpDefinition definition;
  definition.name = "cross_entropy";
  definition.formula = "loss = sum or mean over rows of logsumexp(x) - x[target]";
  definition.inputs = {"logits", "target"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    CrossEntropyResult result = CrossEntropy(
        x[0], x[1],
        {.reduction = GetReduction(attributes, "cross_entropy", Reduction::kSum),
         .ignore_index = static_cast<int32_t>(GetInt(attributes, "ignore_index", -100)),
         .label_smoothing = GetNumber(attributes, "label_smoothing", 0)});
    return std::vector<Variable>{std::move(result.loss), std::move(result.correct)};
  };
  definition.samples = {
      {.name = "sum",
       .attributes = MakeAttributes(Reduction::kSum, -100),
       .inputs = {SampleUniform(Shape({5, 9})), SampleIds(Shape({5}), 0, 9)}},
      {.name = "mean, some ignored",
       .attributes = MakeAttributes(Reduction::kMean, 2),
       .inputs = {SampleUniform(Shape({40, 4})), SampleIds(Shape({40}), 0, 4)}},
      {.name = "smooth labels, some ignored",
       .attributes = MakeAttributes(Reduction::kMean, 2, 0.1),
       .inputs = {SampleUniform(Shape({9, 19})), SampleIds(Shape({9}), 0, 19)}},
      {.name = "one class",
       .attributes = MakeAttributes(Reduction::kSum, -100),
       .inputs = {SampleUniform(Shape({3, 1})), SampleIds(Shape({3}), 0, 1)}}};
  return definition;
}

}  // namespace hairpin
