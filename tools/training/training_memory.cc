#include "tools/training/training_memory.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tensor/memory_limit.h"
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

// A training has the batches of a step and one for evaluation.
Int128 BatchBytes(const TrainingSettings& settings, const TrainingTask& task) {
  return Int128{settings.accumulation()} * task.BatchBytes(0) +
         task.BatchBytes(TrainingTask::kEvaluation);
}

absl::Status CheckFits(int64_t needed, const char* about, const std::string& flags,
                       DryStep& dry) {
  Allocator::Default().ReleaseCache();  // counts as left
  const MemoryLimit limit = FindMemoryLimit();
  if (needed <= limit.bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      flags, ": found a training of ", about,
      needed == INT64_MAX ? "2^63 or more" : std::to_string(needed), " bytes (",
      dry.model().CountParameters(), " parameters), expected at most the ", limit.bytes,
      " bytes ", limit.of));
}

class LargestValue final : public AllocationListener {
 public:
  void Allocated(const Storage& storage) override {
    if (storage.purpose() == Purpose::kActivation) bytes_ = std::max(bytes_, storage.bytes());
  }
  void Freed(const Storage&) override {}
  int64_t bytes() const { return bytes_; }

 private:
  int64_t bytes_ = 0;
};

}  // namespace

Account PredictMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                      const SavedPolicy& policy) {
  DryStep dry(settings, make_task, {.policy = &policy});
  return Predict(settings, dry);
}

absl::Status PrepareMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                           const SavedPolicy& policy, const std::string& flags) {
  DryStep dry(settings, make_task, {.policy = &policy});
  const int64_t needed =
      Saturate(Int128{Predict(settings, dry).peak_total()} + BatchBytes(settings, dry.task()));
  if (absl::Status s = CheckFits(needed, "", flags, dry); !s.ok()) return s;
  Allocator::Default().Expect(dry.allocator());
  return absl::OkStatus();
}

// Whatever is planned, there are parameters and moments, and with them at one time all gradients,
// at another the largest value of the graph, since an operation writes its result as a whole.
absl::Status CheckLeastMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                              const std::string& flags) {
  LargestValue largest;  // outlives the listening
  DryStep dry(settings, make_task);
  dry.Step();
  const Account& account = dry.account();
  dry.allocator().set_listener(&largest);
  dry.Step();
  dry.allocator().set_listener(nullptr);
  const int64_t needed = Saturate(
      Int128{account.live(Purpose::kParameter)} + account.live(Purpose::kOptimizer) +
      std::max(account.peak(Purpose::kGradient), largest.bytes()) +
      BatchBytes(settings, dry.task()));
  return CheckFits(needed, "at least ", flags, dry);
}

}  // namespace hairpin
