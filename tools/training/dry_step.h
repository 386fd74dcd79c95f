// DryStep: a task in training on shapes alone. What it counts, training takes, to the
// byte; what it records, tools draw and tabulate.
//
//   DryStep dry(settings, make_task, {.observer = &profile});
//   dry.Forward();
//   for (int64_t i = 0; i < dry.recording().num_nodes(); ++i) ...  // what is saved for backward
//   dry.Backward();
//   dry.Update();
//   dry.account().peak_total();
//
// Each micro-batch is the largest that there can be. Nothing is allocated but the graph
// itself, whatever the model's size.
#ifndef HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_
#define HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_

#include <cstdint>
#include <memory>

#include "autograd/planner.h"
#include "autograd/recording.h"
#include "optim/optimizer.h"
#include "optim/weight_average.h"
#include "tensor/storage.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct DryStepOptions {
  const SavedPolicy* policy = &KeepAll();
  Observer* observer = nullptr;
};

class DryStep {
 public:
  // Of resolved settings.
  DryStep(const TrainingSettings& settings, const TaskMaker& make_task,
          const DryStepOptions& options = {});

  // One micro-batch from inputs to loss, in an emptied recording.
  void Forward();
  // Gradients of what Forward recorded; once for each Forward. The graph stays
  // to be looked at until the next Forward, with nothing saved any more.
  void Backward();
  // The optimizer's step; the next gradients replace these.
  void Update();

  // The forward of a micro-batch of evaluation, which saves nothing for backward.
  void Evaluate();

  // All of it. A training's first step makes gradients and moments, so memory is
  // that of every other step from the second on only.
  void Step(int micro_batches = 1);

  nn::Module& model() { return task_->model(); }
  const TrainingTask& task() const { return *task_; }
  const Optimizer& optimizer() const { return *optimizer_; }
  const Recording& recording() const { return recording_; }
  // By purpose. Reset its peaks to see those of one part.
  Account& account() { return allocator_.account(); }
  // The same forward for the planner of checkpointing, in recordings of its own.
  DryGraph graph();
  // For a listener: all memory of the model and its steps comes from it.
  Allocator& allocator() { return allocator_; }
  // Hears of everything from the next Forward on; may be null.
  void set_observer(Observer* observer) { recording_options_.observer = observer; }

 private:
  Allocator allocator_{Allocator::Kind::kDry};
  RecordingOptions recording_options_;
  std::unique_ptr<TrainingTask> task_;
  std::unique_ptr<Optimizer> optimizer_;
  const std::unique_ptr<WeightAverage> average_;  // takes memory, and no part in a step
  Recording recording_;
  TaskLoss result_;  // alive from Forward to Backward, as in training
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_
