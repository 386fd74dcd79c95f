#include "tools/training/training_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tensor/saturate.h"
#include "tools/training/dry_step.h"

namespace hairpin {
namespace {

Account Predict(const TrainingSettings& settings, DryStep& dry) {
  dry.Step();  // makes what stays
  dry.account().ResetPeaks();
  dry.Step(std::min(settings.accumulation(), 2));  // the second one adds to gradients
  if (!settings.overfit_one_batch()) dry.Evaluate();
  return dry.account();
}

}  // namespace

Account PredictMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                      const SavedPolicy& policy) {
  DryStep dry(settings, make_task, {.policy = &policy});
  return Predict(settings, dry);
}

absl::Status PrepareMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                         const SavedPolicy& policy, const std::string& flags) {
  DryStep dry(settings, make_task, {.policy = &policy});
  // A training has the batches of a step and one for evaluation.
  const Int128 batches = Int128{settings.accumulation()} * dry.task().BatchBytes(0) +
                         dry.task().BatchBytes(TrainingTask::kEvaluation);
  const int64_t needed = Saturate(Int128{Predict(settings, dry).peak_total()} + batches);
  const int64_t machine = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  if (needed <= machine) {
    Allocator::Default().Expect(dry.allocator());
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      flags, ": found a training of ",
      needed == INT64_MAX ? "2^63 or more" : std::to_string(needed), " bytes (",
      dry.model().CountParameters(), " parameters), expected at most the ", machine,
      " bytes of this machine"));
}

}  // namespace hairpin
