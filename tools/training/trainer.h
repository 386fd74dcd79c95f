// The training loop of every model.
//
//   Trainer trainer(settings, task, folder, progress);
//   absl::Status status = trainer.Start();          // or Resume()
//   if (status.ok()) status = trainer.Train();
//
// One step: the samples of `accumulation` micro-batches are loaded; N is the number of
// what counts in them all (masked tokens, images); each micro-batch's summed loss is
// differentiated with the seed 1 / N; the gradient is clipped by its global norm;
// the optimizer. After a step: log line, evaluation line, checkpoint, in this order.
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINER_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "autograd/number_checker.h"
#include "autograd/observer.h"
#include "autograd/profile.h"
#include "autograd/recording.h"
#include "nn/state_dict.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "optim/weight_average.h"
#include "optim/zero_gradients.h"
#include "tools/training/buffer_snapshot.h"
#include "tools/training/metrics.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/score.h"
#include "tools/training/step_gradient.h"
#include "tools/training/step_log.h"
#include "tools/training/training_checkpoint.h"
#include "tools/training/training_task.h"

namespace hairpin {

class Trainer {
 public:
  // Of resolved settings. Task, folder and progress must outlive it.
  Trainer(const TrainingSettings& settings, TrainingTask& task, const RunFolder& folder,
          Progress& progress);

  // From step 0: the first line of metrics.jsonl, if the task has baselines.
  absl::Status Start();
  // From the newest checkpoint that verifies, or from step 0 where there is none
  // yet. DATA_LOSS where there are some and none can be read.
  absl::Status Resume();
  // All steps that are left. Messages count steps as log lines do: step 1 is the
  // first, and step() is 0 until it has been done. CANCELLED where a signal asked it
  // to stop (stop.h), between two micro-batches, the last finished step being saved.
  absl::Status Train();
  // One step and what is due after it; for callers that look between steps. After
  // the first ones it allocates nothing but for evaluation and checkpoints.
  absl::Status Step();

  // What becomes of values that backward reads, KeepAll unless said; it changes no
  // bits. Must outlive the training.
  void set_policy(const SavedPolicy& policy) { policy_ = &policy; }
  // Hears of all that training steps run, also when one is computed again to find
  // where a number went wrong. Null: nobody.
  void set_observer(Observer* observer) { observer_ = observer; }

  // As training has it; while AverageInModel()'s result lives, with the averages.
  nn::Module& model() { return task_.model(); }
  // Of --ema; null without.
  std::unique_ptr<AveragedWeights> AverageInModel();
  int64_t step() const { return step_; }
  // Of the last step; of the last evaluation.
  const Score& last_step() const { return last_step_.score; }
  const Score& last_evaluation() const { return last_evaluation_; }
  // That changed nothing as nothing in them counted, since step 0.
  int64_t skipped_steps() const { return state_.skipped_steps(); }
  // Left out by --on_nonfinite=skip, since step 0.
  int64_t nonfinite_steps() const { return state_.nonfinite_steps(); }
  // Of parameters and moments: equal for equal runs.
  std::string Digest() { return nn::Digest(TensorsOf(Trained())); }

 private:
  TrainedModel Trained() { return {task_.model(), task_.config(), *optimizer_, average_.get()}; }
  // Goes on with metrics.jsonl as far as `keep_bytes`, and begins to count time.
  absl::Status Open(int64_t keep_bytes);
  // From this checkpoint, which is in the model and in state_; damaged newer ones are set aside.
  absl::Status ResumeFrom(const std::string& path, const std::vector<std::string>& passed_over);
  absl::Status LoadBatches();
  absl::Status Update();
  GradientOptions GradientSettings();
  // What becomes of a step whose gradient is not finite or too large: OK where it
  // is left out, else the error that ends the training, the state before the
  // step being saved.
  absl::Status OnNonFinite(const StepGradient& gradient);
  // The state before this step as a checkpoint, unless there is one, or it is bad
  // itself; returns a sentence that says what was done, and `advice` where it can
  // be gone on from.
  absl::StatusOr<std::string> SaveGoodState(const std::string& advice);
  void WarnOfZeroGradients();
  // After step number `step` = 1, 2, ...: begins a trace at the second step of this
  // process, and writes it when it is long enough or training ends, be it in an
  // error; says so where it ends before there is one, or it can't be written.
  void Trace(int64_t step, bool last);
  absl::Status AfterStep();
  absl::Status Evaluate();
  // The last evaluation of a training that has ended, whose line is there: for what follows it.
  absl::Status EvaluateAgain();
  // Whether --early_stopping ends the training at this evaluation.
  bool StopsEarly(double loss);
  // What is due after a step's log line.
  absl::Status EvaluateAndSave();
  // The end that a signal asked for: the last finished step is saved, and the message
  // says how to go on.
  absl::Status Stop();
  absl::Status SaveCheckpoint();
  void RemoveOldCheckpoints();
  void ShowProgress();
  // Mean seconds of a step of this process; the time that is left as text.
  double SecondsPerStep() const;
  void FormatTimeLeft(char* text, int size) const;
  // Whether something done every `every` steps is due now.
  bool Due(int64_t every) const;

  TrainingSettings settings_;
  TrainingTask& task_;
  const TaskWords words_;
  const RunFolder& folder_;
  Progress& progress_;
  Schedule schedule_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<WeightAverage> average_;  // null unless --ema
  Recording recording_;
  const SavedPolicy* policy_ = &KeepAll();
  Observer* observer_ = nullptr;
  std::unique_ptr<NumberChecker> checker_;  // null unless --check_numbers
  std::unique_ptr<Profile> profile_;        // null unless a trace is being made
  ZeroGradientWatch zero_gradients_;
  std::unique_ptr<MetricsFile> metrics_;
  int64_t step_ = 0;
  TrainingState state_, state_before_;  // of this step; of the step's beginning
  BufferSnapshot buffers_before_;       // of the step's beginning
  int64_t nonfinite_in_a_row_ = 0;      // left out by this process, up to now
  StepReport last_step_;
  Score last_evaluation_;
  double started_ = 0;  // the clock when this process began its first step
  int64_t first_step_ = 0;
  double first_seconds_ = 0;  // of training before this process, without evaluation
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINER_H_
