// TrainingTask: what one model adds to the training loop that all share.
//
//   class DigitsTask final : public TrainingTask { ... };
//   DigitsTask task({.seed = 1}, config, digits);
//   Trainer trainer(settings, task, folder, progress);         // tools/training/trainer.h
//
// A task has a model and knows where its micro-batches come from and what is to become small. The
// loop does the rest: gradients, optimizer, evaluation, metrics, checkpoints, resuming. A step:
//
//   for i < accumulation:  task.Load(first sample of micro-batch i, i)
//   N = sum of task.size(i).count
//   for i < accumulation:  backward(task.Record(recording, i).loss, seed 1 / N)
//
// So the gradient is that of the mean over all that counts in the step, however it is cut into
// micro-batches. Everything is a function of the numbers that it is given, the sample's and those
// in the recording's options: a resumed run has the same bits.
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_TASK_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_TASK_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "autograd/recording.h"
#include "nn/module.h"
#include "tools/training/metrics.h"
#include "tools/training/score.h"

namespace hairpin {

// Scalars of one micro-batch.
struct TaskLoss {
  Variable loss = {};     // float32, the sum over all that counts
  Variable correct = {};  // how many were guessed right; empty where nothing is guessed
  // Further sums, which nothing is differentiated from: as many as TaskWords::terms names.
  std::array<Variable, kMaxTerms> terms = {};
};

struct MicroBatchSize {
  int64_t count = 0;   // what its loss is a sum over; 0: it has none and is passed over
  int64_t inputs = 0;  // what is fed, for rates: tokens, images
};

class TrainingTask {
 public:
  // The micro-batch that LoadEvaluation loads; others are numbered 0, 1, ... accumulation - 1.
  static constexpr int kEvaluation = -1;

  virtual ~TrainingTask() = default;

  virtual nn::Module& model() = 0;
  // What makes the model, for checkpoints: from it others build it again.
  virtual const google::protobuf::Message& config() const = 0;
  virtual TaskWords words() const { return {}; }
  // For the first line of metrics.jsonl: what is known before training, {"unigram_loss", 6.1}.
  virtual std::vector<Metric> baselines() const { return {}; }

  // The samples of training from `first_sample` on become micro-batch number `micro_batch`, as many
  // as --micro_batch says: a function of the sample's number. Takes memory the first time only.
  virtual absl::Status Load(int64_t first_sample, int micro_batch) = 0;

  // Records for evaluation; those from `first_record` on become micro-batch kEvaluation, as far as
  // there is room and there are any. Returns how many.
  virtual int64_t evaluation_records() const = 0;
  virtual absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) = 0;
  // When all records for evaluation have been recorded, in order: further numbers that are no means
  // over them, {"macro_f1", 0.31}; in metrics.jsonl "eval_macro_f1". CANCELLED where a signal asks
  // to stop before they are known (stop.h).
  virtual absl::StatusOr<std::vector<Metric>> EvaluationMetrics() { return std::vector<Metric>(); }

  // Of a loaded micro-batch.
  virtual MicroBatchSize size(int micro_batch) const = 0;
  // That one takes when it is loaded, outside of recordings; asked before any is.
  virtual int64_t BatchBytes(int micro_batch) const = 0;

  // Records the forward of a loaded micro-batch. Allocates nothing in steady state; sizes that
  // depend on the data have bounds (Recording::Constant). In a dry recording, for which nothing is
  // loaded: of the largest micro-batch there can be, its inputs tensors without numbers of the
  // recording's allocator.
  virtual TaskLoss Record(Recording& recording, int micro_batch) = 0;
};

// Makes tasks, each with a model of its own: one to train, and with a dry allocator those that
// memory is predicted with.
using TaskMaker = std::function<std::unique_ptr<TrainingTask>(const nn::ModuleContext& context)>;

// The numbers of what was recorded, over `count`.
Score ScoreOf(const TaskLoss& loss, int64_t count);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_TASK_H_
