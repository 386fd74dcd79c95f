// What --resume goes on with: the run that a folder's run.textproto tells of, and
// how far its checkpoints are.
//
//   absl::StatusOr<ResumedRun> resumed = ReadResumedRun(folder, given);
//   if (!resumed.ok()) return resumed.status();
//   if (const auto end = FindEnd(folder, resumed->settings.steps())) return ...;  // it is done
#ifndef HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_
#define HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/training_checkpoint.h"

namespace hairpin {

struct ResumedRun {
  Run run;                    // as it was, its settings resolved
  TrainMlmSettings settings;  // to go on with: those, and the given ones that change no bits
};

// The file is trusted no more than flags are: DATA_LOSS where it is no run,
// INVALID_ARGUMENT where a setting in it could not have been given, both naming the
// file; and where a given flag contradicts the run.
absl::StatusOr<ResumedRun> ReadResumedRun(const RunFolder& folder, const TrainMlmSettings& given);

// The newest whole checkpoint, if it is at step `steps` or after it; nothing where
// steps are left to do.
std::optional<TrainingPosition> FindEnd(const RunFolder& folder, int64_t steps);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_
