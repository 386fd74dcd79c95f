// EmbeddingTask: neighbouring paragraphs get vectors that lie close.
//
//   EmbeddingTask task({.seed = 1}, config,
//                      {.train = {pairs, split.train}, .evaluation = {pairs, split.evaluation},
//                       .micro_batch = 32});
//   task.RecallOfWordVectors();        // before training
//   task.Recall();                     // of the last evaluation
//
// Recall at 10: of the pairs for evaluation, how often the second paragraph is among the 10 second
// ones of all of them that are closest to the first, by cosine.
#ifndef HAIRPIN_TOOLS_SENTENCES_EMBEDDING_TASK_H_
#define HAIRPIN_TOOLS_SENTENCES_EMBEDDING_TASK_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text/paragraph_pairs.h"
#include "models/sentence_embedding/sentence_embedding.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct PairSet {
  const ParagraphPairs& pairs;   // must outlive the task
  std::vector<int64_t> numbers;  // at least one
};

struct EmbeddingTaskOptions {
  PairSet train, evaluation;  // paragraphs of equally many tokens
  int micro_batch = 2;        // pairs, each told from the others
  uint64_t seed = 0;          // of the order of training
};

class EmbeddingTask final : public TrainingTask {
 public:
  static constexpr int64_t kNearest = 10;

  // CHECKs a valid config.
  EmbeddingTask(const nn::ModuleContext& context, const SentenceEmbeddingConfig& config,
                const EmbeddingTaskOptions& options);

  SentenceEmbedding& model() override { return model_; }
  const SentenceEmbeddingConfig& config() const override { return model_.config(); }
  TaskWords words() const override {
    return {.inputs = "pairs", .inputs_per_second = "pairs_per_second"};
  }
  std::vector<Metric> baselines() const override;

  absl::Status Load(int64_t first_sample, int micro_batch) override;
  int64_t evaluation_records() const override { return evaluation_.size(); }
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override;
  absl::StatusOr<std::vector<Metric>> EvaluationMetrics() override;
  // Every pair counts, and is one that is fed.
  MicroBatchSize size(int micro_batch) const override;
  int64_t BatchBytes(int micro_batch) const override;
  TaskLoss Record(Recording& recording, int micro_batch) override;

  // Of the last evaluation's vectors. CANCELLED, as below, where a signal asks to stop (stop.h).
  absl::StatusOr<double> Recall() const;
  // The same of the means of the paragraphs' word vectors as the model has them now.
  absl::StatusOr<double> RecallOfWordVectors();

 private:
  static_assert(kEvaluation == -1, "its batch is batches_[0]");
  PaddedBatch& Batch(int micro_batch);  // made at its first use
  int tokens() const { return options_.train.pairs.paragraphs().tokens(); }  // T

  const EmbeddingTaskOptions options_;
  const PairLoader train_, evaluation_;
  SentenceEmbedding model_;
  std::vector<PaddedBatch> batches_;
  Tensor first_, second_;     // [P, C], of the last evaluation
  int64_t first_record_ = 0;  // of the loaded batch of evaluation
  double baseline_;           // of RecallOfWordVectors, NaN before
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_EMBEDDING_TASK_H_
