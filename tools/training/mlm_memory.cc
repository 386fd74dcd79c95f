#include "tools/training/mlm_memory.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "data/masking.h"
#include "tools/training/dry_step.h"

namespace hairpin {

Account PredictMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                      const SavedPolicy& policy) {
  DryStep dry(settings, config, {.policy = &policy});
  dry.Step();  // makes what stays
  dry.account().ResetPeaks();
  dry.Step(std::min(settings.accumulation(), 2));  // the second one adds to gradients
  return dry.account();
}

absl::Status CheckMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                         const SavedPolicy& policy) {
  // A batch holds ids and visibility of T tokens, rows and labels of the masked ones.
  const int64_t sequences = int64_t{settings.accumulation()} * settings.micro_batch();
  const int64_t numbers =
      2 * settings.seq_len() +
      2 * MaxMaskedPerSequence(settings.mask_probability(), settings.seq_len());
  const int64_t batches = sequences * numbers * static_cast<int64_t>(sizeof(int32_t));
  const int64_t needed = PredictMemory(settings, config, policy).peak_total() + batches;
  const int64_t machine = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  if (needed <= machine) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation: found a "
      "training of ", needed, " bytes (", CountParameters(config),
      " parameters), expected at most the ", machine, " bytes of this machine"));
}

}  // namespace hairpin
