// DatasetTask: a task whose samples are records of a Dataset (data/dataset.h): tables, images.
//
//   class DigitsTask final : public DatasetTaskOf<LeNet> {
//    public:
//     using DatasetTaskOf::DatasetTaskOf;      // (context, config, options)
//    private:
//     TaskLoss Loss(DatasetInputs inputs) override {
//       CrossEntropyResult result = CrossEntropy(model().Forward(std::move(inputs.features)),
//                                                std::move(inputs.classes));
//       return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
//     }
//   };
//   DigitsTask task({.seed = 1}, config, {.dataset = digits, .train = ..., .evaluation = ...});
//
// A subclass says what is to become small; batches, shuffling, evaluation and sizes are here.
#ifndef HAIRPIN_TOOLS_TRAINING_DATASET_TASK_H_
#define HAIRPIN_TOOLS_TRAINING_DATASET_TASK_H_

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/recording.h"
#include "data/batcher.h"
#include "data/dataset.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct DatasetTaskOptions {
  const Dataset& dataset;  // must outlive the task
  // Numbers of its records, at least one of each.
  std::vector<int64_t> train, evaluation;
  int micro_batch = 1;
  uint64_t seed = 0;  // of the order of training
};

// What a micro-batch of B records gives to a model. Move on what is not needed any more.
struct DatasetInputs {
  Variable features = {};  // float32 [B, record_shape]
  Variable classes = {};   // int32 [B]; empty where the dataset has none
  Variable targets = {};   // float32 [B, targets_per_record]; empty where the dataset has none
  int micro_batch = 0;     // its number, or TrainingTask::kEvaluation
};

class DatasetTask : public TrainingTask {
 public:
  absl::Status Load(int64_t first_sample, int micro_batch) override;
  int64_t evaluation_records() const override;
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override;
  // Every record counts, and is one that is fed.
  MicroBatchSize size(int micro_batch) const override;
  int64_t BatchBytes(int micro_batch) const override;
  TaskLoss Record(Recording& recording, int micro_batch) override;

 protected:
  explicit DatasetTask(DatasetTaskOptions options);

  // The summed loss of the batch's records. `inputs.features` names the recording.
  virtual TaskLoss Loss(DatasetInputs inputs) = 0;

  // Changes a batch of training that was loaded as that micro-batch, whose first record is sample
  // `first_sample`: for augmentation, as a function of the samples' numbers. Here: nothing.
  virtual void Augment(int64_t first_sample, int micro_batch, Batch& batch);

  const DatasetTaskOptions& options() const { return options_; }
  const Dataset& dataset() const { return options_.dataset; }

 private:
  Batch& Place(int micro_batch);  // made at its first use
  const Batch& Loaded(int micro_batch) const;
  DatasetInputs Inputs(Recording& recording, const Batch* batch) const;

  const DatasetTaskOptions options_;
  const Batcher train_, evaluation_;
  std::vector<Batch> batches_;
  std::optional<Batch> evaluation_batch_;
};

// The same with the model: of a module that is made of (context, config) and tells its config.
template <class Model>
class DatasetTaskOf : public DatasetTask {
 public:
  using Config = std::decay_t<decltype(std::declval<const Model&>().config())>;

  DatasetTaskOf(const nn::ModuleContext& context, const Config& config, DatasetTaskOptions options)
      : DatasetTask(std::move(options)), model_(context, config) {}

  Model& model() override { return model_; }
  const Config& config() const override { return model_.config(); }

 private:
  Model model_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_DATASET_TASK_H_
