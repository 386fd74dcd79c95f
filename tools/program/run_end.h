// What is said of a training that has no step left, by the process that trained or by one that
// resumes it.
//
//   if (absl::Status s = CheckLearnt(trainer.last_step().loss()); !s.ok()) return s;
//   TellStepsWithout(trainer, task.words());
#ifndef HAIRPIN_TOOLS_PROGRAM_RUN_END_H_
#define HAIRPIN_TOOLS_PROGRAM_RUN_END_H_

#include <cstdint>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "tools/training/program_settings.h"
#include "tools/training/resumed_run.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/trainer.h"
#include "tools/training/training_task.h"

namespace hairpin {

// What --overfit_one_batch promises of the last step's loss, NaN where it had none: INTERNAL where
// it is not below kLearntByHeart.
absl::Status CheckLearnt(double loss);

// Of a run that is resumed and has no step left. INVALID_ARGUMENT where fewer steps are asked for
// than it has done; CheckLearnt's errors.
absl::Status TellEnd(const TrainingPosition& end, const RunFolder& folder,
                     const TrainingSettings& settings);

// Makes `step` the last one in the settings that `run` has, of `settings`' type, so that resuming
// finds the run at its end.
absl::Status KeepLastStep(const SettingsRules& rules, const google::protobuf::Message& settings,
                          int64_t step, Run* run);

// How many steps changed nothing, and how many were left out, if any.
void TellStepsWithout(const Trainer& trainer, const TaskWords& words);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PROGRAM_RUN_END_H_
