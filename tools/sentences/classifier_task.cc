#include "tools/sentences/classifier_task.h"

#include <utility>

#include "tools/sentences/integer_input.h"

namespace hairpin {

ClassifierTask::ClassifierTask(const nn::ModuleContext& context,
                               const TextClassifierConfig& config,
                               const ClassifierTaskOptions& options)
    : options_(options),
      train_(options.rows, options.data.lines.classes, options.data.train, options.seed),
      evaluation_(options.rows, options.data.lines.classes, options.data.evaluation),
      model_(context, config),
      guesses_(options.data.evaluation.size()) {}

std::vector<Metric> ClassifierTask::baselines() const {
  return {{"majority_accuracy", options_.data.MajorityAccuracy()}};
}

LabelledBatch& ClassifierTask::Batch(int micro_batch) {
  while (static_cast<int>(batches_.size()) <= micro_batch + 1) {
    batches_.emplace_back(options_.micro_batch, options_.rows.tokens());
  }
  return batches_[micro_batch + 1];
}

absl::Status ClassifierTask::Load(int64_t first_sample, int micro_batch) {
  train_.Load(first_sample, &Batch(micro_batch));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ClassifierTask::LoadEvaluation(int64_t first_record) {
  first_record_ = first_record;
  LabelledBatch& batch = Batch(kEvaluation);
  evaluation_.LoadInOrder(first_record, &batch);
  return batch.text().sequences();
}

MicroBatchSize ClassifierTask::size(int micro_batch) const {
  const int64_t lines = batches_[micro_batch + 1].text().sequences();
  return {.count = lines, .inputs = lines};
}

int64_t ClassifierTask::BatchBytes(int) const {
  return int64_t{options_.micro_batch} * (2 * options_.rows.tokens() + 1) *
         static_cast<int64_t>(sizeof(int32_t));
}

TaskLoss ClassifierTask::Record(Recording& recording, int micro_batch) {
  const bool dry = recording.dry();
  const LabelledBatch* const batch = dry ? nullptr : &batches_[micro_batch + 1];
  const int64_t B = dry ? options_.micro_batch : batch->text().sequences();
  const int64_t T = options_.rows.tokens();
  const std::span<const int32_t> none;
  Variable logits = model_.Forward(
      IntegerInput(recording, Shape({B, T}), dry ? none : batch->text().ids()),
      IntegerInput(recording, Shape({B, T}), dry ? none : batch->text().attention_mask()));
  for (int64_t b = 0; !dry && micro_batch == kEvaluation && b < B; ++b) {
    guesses_[first_record_ + b] = LikeliestClasses(logits.value(), b, 1).front();
  }
  Variable classes = IntegerInput(recording, Shape({B}), dry ? none : batch->classes());
  const std::span<const float> alike, weights = options_.class_weights;
  CrossEntropyResult result = TextClassLoss(std::move(logits), std::move(classes),
                                            micro_batch == kEvaluation ? alike : weights);
  return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
}

ConfusionMatrix ClassifierTask::Confusion() const {
  ConfusionMatrix matrix(config().labels_size());
  for (size_t i = 0; i < guesses_.size(); ++i) {
    matrix.Add(options_.data.lines.classes[options_.data.evaluation[i]], guesses_[i].label);
  }
  return matrix;
}

absl::StatusOr<std::vector<Metric>> ClassifierTask::EvaluationMetrics() {
  return std::vector<Metric>{{"macro_f1", Confusion().F1(Average::kMacro)}};
}

}  // namespace hairpin
