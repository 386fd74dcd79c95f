// The gradient of one training step, and who is to blame when it is not finite.
//
//   const GradientOptions options = {
//       .seed = 7, .step = 12, .parameters = optimizer.parameters()};
//   StepGradient gradient = ComputeGradient(task, micro_batches, options, recording);
//   if (!gradient.bad.empty()) {
//     std::puts(ExplainNotFinite(task, micro_batches, options, recording).c_str());
//   }
#ifndef HAIRPIN_TOOLS_TRAINING_STEP_GRADIENT_H_
#define HAIRPIN_TOOLS_TRAINING_STEP_GRADIENT_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "autograd/number_checker.h"
#include "autograd/profile.h"
#include "autograd/recording.h"
#include "tools/training/score.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct GradientOptions {
  uint64_t seed = 0;
  uint64_t step = 0;
  // The model's that train.
  absl::Span<Parameter* const> parameters = {};
  // What becomes of values that backward reads; changes no bits.
  const SavedPolicy* policy = &KeepAll();
  // May be null, each of them. What the checker finds ends the computation.
  Observer* observer = nullptr;
  NumberChecker* checker = nullptr;
  Profile* profile = nullptr;
  // Whether it ends before a micro-batch when somebody has asked the program to stop.
  bool stoppable = false;
};

struct StepGradient {
  Score score = {};
  // Global, before clipping; 0 where nothing counts.
  double norm = 0;
  // What is not finite, "micro-batch 2: found a loss of nan"; "" if all is well.
  // Then score and norm mean nothing.
  std::string bad = {};
  // It ended early (GradientOptions::stoppable): nothing else means anything.
  bool stopped = false;
};

// Leaves in the model's parameters the gradient of the mean loss over all that counts in
// the task's loaded micro-batches 0, 1, ... micro_batches - 1. Those in which nothing
// counts contribute nothing. Allocates nothing in steady state, unless observed.
StepGradient ComputeGradient(TrainingTask& task, int micro_batches,
                             const GradientOptions& options, Recording& recording);

// Does the step once more with all numbers checked, and says which operation made
// the first one that is not finite. Parameters and draws are as they were, so it
// happens again: "micro-batch 2: encoder.0.attention.query: linear (node 9), ...".
std::string ExplainNotFinite(TrainingTask& task, int micro_batches, GradientOptions options,
                             Recording& recording);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_STEP_GRADIENT_H_
