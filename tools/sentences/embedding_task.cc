#include "tools/sentences/embedding_task.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "tools/sentences/integer_input.h"
#include "tools/sentences/recall.h"
#include "tools/training/stop.h"

namespace hairpin {

EmbeddingTask::EmbeddingTask(const nn::ModuleContext& context,
                             const SentenceEmbeddingConfig& config,
                             const EmbeddingTaskOptions& options)
    : options_(options),
      train_(options.train.pairs, options.train.numbers, options.seed),
      evaluation_(options.evaluation.pairs, options.evaluation.numbers),
      model_(context, config),
      baseline_(std::numeric_limits<double>::quiet_NaN()) {
  const TensorSpec spec = {DType::kFloat32,
                           Shape({evaluation_.size(), config.encoder().hidden()})};
  first_ = Tensor::Zeros(spec, Purpose::kActivation, *context.allocator);
  second_ = Tensor::Zeros(spec, Purpose::kActivation, *context.allocator);
}

std::vector<Metric> EmbeddingTask::baselines() const {
  return {{"word_vectors_recall_at_10", baseline_}};
}

PaddedBatch& EmbeddingTask::Batch(int micro_batch) {
  while (static_cast<int>(batches_.size()) <= micro_batch + 1) {
    batches_.emplace_back(2 * options_.micro_batch, tokens());
  }
  return batches_[micro_batch + 1];
}

absl::Status EmbeddingTask::Load(int64_t first_sample, int micro_batch) {
  train_.Load(first_sample, &Batch(micro_batch));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> EmbeddingTask::LoadEvaluation(int64_t first_record) {
  first_record_ = first_record;
  PaddedBatch& batch = Batch(kEvaluation);
  evaluation_.LoadInOrder(first_record, &batch);
  return batch.sequences() / 2;
}

MicroBatchSize EmbeddingTask::size(int micro_batch) const {
  const int64_t pairs = batches_[micro_batch + 1].sequences() / 2;
  return {.count = pairs, .inputs = pairs};
}

int64_t EmbeddingTask::BatchBytes(int) const {
  return 4 * int64_t{options_.micro_batch} * tokens() * static_cast<int64_t>(sizeof(int32_t));
}

TaskLoss EmbeddingTask::Record(Recording& recording, int micro_batch) {
  const bool dry = recording.dry();
  const PaddedBatch* const batch = dry ? nullptr : &batches_[micro_batch + 1];
  const Shape shape({dry ? 2 * options_.micro_batch : batch->sequences(), tokens()});
  const std::span<const int32_t> none;
  Variable vectors =
      model_.Forward(IntegerInput(recording, shape, dry ? none : batch->ids()),
                     IntegerInput(recording, shape, dry ? none : batch->attention_mask()));
  if (!dry && micro_batch == kEvaluation) {
    const int64_t size = vectors.shape().num_elements() / 2, C = vectors.shape()[1];
    const auto bytes = static_cast<size_t>(size) * sizeof(float);
    const float* const values = vectors.value().data<float>();
    std::memcpy(first_.raw<float>() + first_record_ * C, values, bytes);
    std::memcpy(second_.raw<float>() + first_record_ * C, values + size, bytes);
  }
  CrossEntropyResult result = ContrastiveLoss(std::move(vectors), config().temperature());
  return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
}

absl::StatusOr<double> EmbeddingTask::Recall() const {
  return RecallAt(kNearest, first_, second_, StopAsked);
}

absl::StatusOr<std::vector<Metric>> EmbeddingTask::EvaluationMetrics() {
  const absl::StatusOr<double> recall = Recall();
  if (!recall.ok()) return recall.status();
  return std::vector<Metric>{{"recall_at_10", *recall}};
}

absl::StatusOr<double> EmbeddingTask::RecallOfWordVectors() {
  const float* const table = model_.encoder().word_vectors().value().data<float>();
  const int64_t C = first_.shape()[1];
  const ParagraphPairs& pairs = options_.evaluation.pairs;
  std::vector<double> sum(C);
  // The mean's direction is that of the sum; [CLS] and [SEP] are no words.
  const auto set = [&](int64_t paragraph, float* vector) {
    const std::span<const int32_t> ids = pairs.paragraphs().Row(paragraph);
    std::fill(sum.begin(), sum.end(), 0);
    for (const int32_t id : ids.subspan(1, ids.size() - 2)) {
      for (int64_t c = 0; c < C; ++c) sum[c] += table[id * C + c];
    }
    double squares = 0;
    for (const double x : sum) squares += x * x;
    for (int64_t c = 0; c < C; ++c) vector[c] = static_cast<float>(sum[c] / std::sqrt(squares));
  };
  Tensor first = Tensor::Empty(first_.spec()), second = Tensor::Empty(second_.spec());
  for (int64_t i = 0; i < evaluation_.size(); ++i) {
    const auto [one, other] = pairs.Pair(options_.evaluation.numbers[i]);
    set(one, first.raw<float>() + i * C);
    set(other, second.raw<float>() + i * C);
  }
  const absl::StatusOr<double> recall = RecallAt(kNearest, first, second, StopAsked);
  if (recall.ok()) baseline_ = *recall;
  return recall;
}

}  // namespace hairpin
