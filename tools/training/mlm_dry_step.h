// A Mini-BERT's step on shapes alone, and its policy of checkpointing: of train_mlm's settings.
//
//   MlmDryStep dry(settings, config, {.policy = &policy});
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_DRY_STEP_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_DRY_STEP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/training/checkpointing.h"
#include "tools/training/dry_step.h"
#include "tools/training/mlm_task.h"
#include "tools/training/training_settings.h"

namespace hairpin {

// Tasks without data, of a valid config.
inline TaskMaker MlmTaskMaker(const TrainMlmSettings& settings, const MiniBertConfig& config) {
  return [settings, config](const nn::ModuleContext& context) {
    return std::make_unique<MlmTask>(context, settings, config, nullptr);
  };
}

// Each micro-batch has the most masked positions there can be.
class MlmDryStep : public DryStep {
 public:
  // Of resolved settings. CHECKs a valid config.
  MlmDryStep(const TrainMlmSettings& settings, const MiniBertConfig& config,
             const DryStepOptions& options = {})
      : DryStep(CommonSettings(settings), MlmTaskMaker(settings, config), options) {}
};

inline absl::StatusOr<Checkpointing> PlanCheckpointing(const std::string& text,
                                                       const TrainMlmSettings& settings,
                                                       const MiniBertConfig& config) {
  return PlanCheckpointing(text, CommonSettings(settings), MlmTaskMaker(settings, config));
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_DRY_STEP_H_
