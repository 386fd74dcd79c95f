#include "tools/training/mlm_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "data/masking.h"
#include "tensor/saturate.h"
#include "tools/training/dry_step.h"

namespace hairpin {

Account PredictMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                      const SavedPolicy& policy) {
  DryStep dry(settings, config, {.policy = &policy});
  dry.Step();  // makes what stays
  dry.account().ResetPeaks();
  dry.Step(std::min(settings.accumulation(), 2));  // the second one adds to gradients
  if (!settings.overfit_one_batch()) dry.Evaluate();
  return dry.account();
}

absl::Status CheckMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                         const SavedPolicy& policy) {
  // A batch holds ids and visibility of T tokens, rows and labels of the masked ones. A
  // training has those of a step and one for evaluation.
  const int64_t tokens = settings.seq_len();
  const int64_t masked = MaxMaskedPerSequence(settings.mask_probability(), settings.seq_len());
  const int64_t masked_in_evaluation = MaxEvaluationMaskedPerSequence(settings.seq_len());
  const int64_t numbers = settings.accumulation() * (2 * tokens + 2 * masked) +
                          (2 * tokens + 2 * masked_in_evaluation);
  const int64_t batches =
      settings.micro_batch() * numbers * static_cast<int64_t>(sizeof(int32_t));
  const int64_t needed =
      Saturate(Int128{PredictMemory(settings, config, policy).peak_total()} + batches);
  const int64_t machine = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  if (needed <= machine) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation: found a "
      "training of ", needed == INT64_MAX ? "2^63 or more" : std::to_string(needed), " bytes (",
      CountParameters(config),
      " parameters), expected at most the ", machine, " bytes of this machine"));
}

}  // namespace hairpin
