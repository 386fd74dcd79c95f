#include "tools/training/dry_step.h"

#include <utility>
#include <vector>

#include "tools/training/training_optimizer.h"

namespace hairpin {

DryStep::DryStep(const TrainingSettings& settings, const TaskMaker& make_task,
                 const DryStepOptions& options)
    : recording_options_{.allocator = &allocator_,
                         .policy = options.policy,
                         .observer = options.observer},
      task_(make_task({.allocator = &allocator_})),
      optimizer_(OptimizerOf(settings, task_->model())),
      average_(AverageOf(settings, task_->model())),
      recording_(recording_options_) {}

void DryStep::Forward() {
  result_ = {};
  recording_.Reset(recording_options_);
  result_ = task_->Record(recording_, 0);
}

DryGraph DryStep::graph() {
  return {.allocator = allocator_, .record = [this](Recording& recording) {
            TaskLoss result = task_->Record(recording, 0);
            std::vector<Variable> outputs = {std::move(result.loss)};
            if (result.correct) outputs.push_back(std::move(result.correct));
            for (Variable& term : result.terms) {
              if (term) outputs.push_back(std::move(term));
            }
            return outputs;
          }};
}

void DryStep::Backward() {
  recording_.Backward(result_.loss);
  result_ = {};
}

void DryStep::Update() {
  optimizer_->Step(/*learning_rate=*/0);
  task_->model().ClearGradients();
}

void DryStep::Evaluate() {
  RecordingOptions options = recording_options_;
  options.train = false;
  options.gradients = false;
  recording_.Reset(options);
  task_->Record(recording_, TrainingTask::kEvaluation);
}

void DryStep::Step(int micro_batches) {
  for (int i = 0; i < micro_batches; ++i) {
    Forward();
    Backward();
  }
  Update();
}

}  // namespace hairpin
