#include "tools/training/mlm_memory.h"

#include "tools/training/mlm_dry_step.h"
#include "tools/training/training_memory.h"
#include "tools/training/training_settings.h"

namespace hairpin {

Account PredictMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                      const SavedPolicy& policy) {
  return PredictMemory(CommonSettings(settings), MlmTaskMaker(settings, config), policy);
}

absl::Status PrepareMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                           const SavedPolicy& policy) {
  return PrepareMemory(CommonSettings(settings), MlmTaskMaker(settings, config), policy,
                       kMlmSizeFlags);
}

}  // namespace hairpin
