#include "tests/golden/mini_bert_training.h"

#include <utility>

#include "optim/clip.h"
#include "optim/schedule.h"
#include "tensor/check.h"

namespace hairpin::golden {

MiniBertConfig ConfigFrom(const nlohmann::json& config) {
  MiniBertConfig result;
  result.set_layers(config["layers"]);
  result.set_hidden(config["hidden"]);
  result.set_heads(config["heads"]);
  result.set_intermediate(config["intermediate"]);
  result.set_vocab_size(config["vocab"]);
  result.set_seq_len(config["sequence"]);
  return result;
}

MlmBatch MakeMlmBatch(const Tensor& ids, const Tensor& visible, const Tensor& labels) {
  HAIRPIN_CHECK(labels.shape() == ids.shape()) << "MakeMlmBatch: labels unlike ids in shape";
  std::vector<int32_t> rows, masked_labels;
  for (int64_t i = 0; i < labels.num_elements(); ++i) {
    const int32_t label = labels.data<int32_t>()[i];
    if (label == -100) continue;
    rows.push_back(static_cast<int32_t>(i));
    masked_labels.push_back(label);
  }
  const int64_t M = static_cast<int64_t>(rows.size());
  return {.ids = ids,
          .visible = visible,
          .rows = Tensor::FromValues<int32_t>({M}, absl::MakeConstSpan(rows)),
          .labels = Tensor::FromValues<int32_t>({M}, absl::MakeConstSpan(masked_labels))};
}

MiniBertInputs InputsOf(Recording& recording, const MlmBatch& batch) {
  MiniBertInputs inputs;
  inputs.ids = recording.Constant(batch.ids);
  if (batch.visible) inputs.visible = recording.Constant(batch.visible);
  inputs.masked_rows = recording.Constant(batch.rows);
  return inputs;
}

StepResult Differentiate(MiniBert& model, DType dtype,
                         const std::vector<MlmBatch>& micro_batches) {
  int64_t masked = 0;
  for (const MlmBatch& batch : micro_batches) masked += batch.masked();
  const double N = static_cast<double>(masked);
  const Tensor seed = Tensor::Scalar(1 / N);
  const Tensor seeds[] = {dtype == DType::kFloat64 ? seed : seed.Cast(dtype)};

  StepResult result;
  model.ClearGradients();
  for (const MlmBatch& batch : micro_batches) {
    Recording recording;
    Variable logits = model.Forward(InputsOf(recording, batch));
    result.logits = logits.value().Clone();
    const CrossEntropyResult loss =
        MaskedLanguageModelLoss(std::move(logits), recording.Constant(batch.labels));
    result.loss += loss.loss.value().item() / N;
    result.correct += static_cast<int64_t>(loss.correct.value().item());
    recording.Backward(absl::MakeConstSpan(&loss.loss, 1), seeds);
  }
  result.gradient_norm = GlobalGradientNorm(ParametersOf(model));
  return result;
}

TrainingOptions::TrainingOptions(const nlohmann::json& training)
    : lr(training["lr"]),
      clip(training["clip"]),
      beta1(training["betas"][0]),
      beta2(training["betas"][1]),
      eps(training["eps"]),
      weight_decay(training["weight_decay"]),
      warmup(training["warmup"]),
      total(training["total"]) {}

StepResult TrainStep(MiniBert& model, DType dtype, const std::vector<MlmBatch>& micro_batches,
                     const TrainingOptions& options, int64_t step, Optimizer& optimizer) {
  const Schedule schedule = {.kind = ScheduleKind::kLinear,
                             .warmup_steps = options.warmup,
                             .total_steps = options.total};
  StepResult result = Differentiate(model, dtype, micro_batches);
  result.learning_rate = options.lr * schedule.Factor(step);
  optimizer.Step(result.learning_rate, ClipFactor(result.gradient_norm, options.clip));
  return result;
}

}  // namespace hairpin::golden
