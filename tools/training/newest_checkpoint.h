// The checkpoint that programs take which use a run's model.
#ifndef HAIRPIN_TOOLS_TRAINING_NEWEST_CHECKPOINT_H_
#define HAIRPIN_TOOLS_TRAINING_NEWEST_CHECKPOINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// The path of the newest that verifies; newer ones that don't are named on standard error.
// NOT_FOUND, naming --run, where there is none.
absl::StatusOr<std::string> NewestCheckpoint(const RunFolder& folder);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_NEWEST_CHECKPOINT_H_
