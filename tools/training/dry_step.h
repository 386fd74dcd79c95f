// DryStep: a Mini-BERT in training on shapes alone. What it counts, training
// takes, to the byte; what it records, tools draw and tabulate.
//
//   DryStep dry(settings, config, {.observer = &profile});
//   dry.Forward();
//   for (int64_t i = 0; i < dry.recording().num_nodes(); ++i) ...  // what is saved for backward
//   dry.Backward();
//   dry.Update();
//   dry.account().peak_total();
//
// Each micro-batch has the most masked positions there can be. Nothing is
// allocated but the graph itself, whatever the model's size.
#ifndef HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_
#define HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_

#include <cstdint>

#include "autograd/planner.h"
#include "autograd/recording.h"
#include "models/mini_bert/mini_bert.h"
#include "optim/adamw.h"
#include "tensor/storage.h"
#include "tools/training/run.pb.h"

namespace hairpin {

struct DryStepOptions {
  const SavedPolicy* policy = &KeepAll();
  Observer* observer = nullptr;
};

class DryStep {
 public:
  // Of resolved settings. CHECKs a valid config.
  DryStep(const TrainMlmSettings& settings, const MiniBertConfig& config,
          const DryStepOptions& options = {});

  // One micro-batch from inputs to loss, in an emptied recording.
  void Forward();
  // Gradients of what Forward recorded; once for each Forward. The graph stays
  // to be looked at until the next Forward, with nothing saved any more.
  void Backward();
  // The optimizer's step; the next gradients replace these.
  void Update();

  // The forward of a micro-batch of evaluation, which has masks of its own number and
  // saves nothing for backward.
  void Evaluate();

  // All of it. A training's first step makes gradients and moments, so memory is
  // that of every other step from the second on only.
  void Step(int micro_batches = 1);

  MiniBert& model() { return model_; }
  const Optimizer& optimizer() const { return optimizer_; }
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
  // A forward with M = `masked`.
  CrossEntropyResult Record(Recording& recording, int64_t masked);

  Allocator allocator_{Allocator::Kind::kDry};
  RecordingOptions recording_options_;
  const int64_t sequences_, tokens_, masked_;  // B, T, M
  const bool padded_;
  MiniBert model_;
  AdamW optimizer_;
  Recording recording_;
  CrossEntropyResult result_;  // alive from Forward to Backward, as in training
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_DRY_STEP_H_
