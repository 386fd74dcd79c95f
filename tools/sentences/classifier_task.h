// ClassifierTask: a text's label, told by a text classifier.
//
//   ClassifierTask task({.seed = 1}, config, {.data = data, .rows = rows, .micro_batch = 16});
#ifndef HAIRPIN_TOOLS_SENTENCES_CLASSIFIER_TASK_H_
#define HAIRPIN_TOOLS_SENTENCES_CLASSIFIER_TASK_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text/labelled_batch.h"
#include "models/text_classifier/text_classifier.h"
#include "nn/metrics/confusion_matrix.h"
#include "tools/sentences/class_guess.h"
#include "tools/sentences/labelled_data.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct ClassifierTaskOptions {
  const LabelledData& data;  // both must outlive the task
  const TokenRows& rows;     // of data's lines
  int micro_batch = 1;       // lines
  uint64_t seed = 0;         // of the order of training
  // What each label counts in the loss of training; empty: each line the same.
  std::vector<float> class_weights = {};
};

class ClassifierTask final : public TrainingTask {
 public:
  // CHECKs a valid config, of the data's labels.
  ClassifierTask(const nn::ModuleContext& context, const TextClassifierConfig& config,
                 const ClassifierTaskOptions& options);

  TextClassifier& model() override { return model_; }
  const TextClassifierConfig& config() const override { return model_.config(); }
  TaskWords words() const override {
    return {.inputs = "lines", .inputs_per_second = "lines_per_second"};
  }
  std::vector<Metric> baselines() const override;

  absl::Status Load(int64_t first_sample, int micro_batch) override;
  int64_t evaluation_records() const override { return evaluation_.size(); }
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override;
  absl::StatusOr<std::vector<Metric>> EvaluationMetrics() override;
  // Every line counts, and is one that is fed.
  MicroBatchSize size(int micro_batch) const override;
  int64_t BatchBytes(int micro_batch) const override;
  TaskLoss Record(Recording& recording, int micro_batch) override;

  // Of the last evaluation, the likeliest label of each of data.evaluation.
  const std::vector<ClassGuess>& guesses() const { return guesses_; }
  ConfusionMatrix Confusion() const;

 private:
  static_assert(kEvaluation == -1, "its batch is batches_[0]");
  LabelledBatch& Batch(int micro_batch);  // made at its first use

  const ClassifierTaskOptions options_;
  const LabelledLoader train_, evaluation_;
  TextClassifier model_;
  std::vector<LabelledBatch> batches_;
  std::vector<ClassGuess> guesses_;
  int64_t first_record_ = 0;  // of the loaded batch of evaluation
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_CLASSIFIER_TASK_H_
