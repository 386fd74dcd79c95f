// What --resume goes on with: the run that a folder's run.textproto tells of, and
// how far its checkpoints are.
//
//   absl::StatusOr<ResumedRun> resumed = ReadResumedRun(rules, folder, given);
//   if (!resumed.ok()) return resumed.status();
//   const auto end = FindEnd(folder, settings);
//   if (end.ok() && end->has_value()) ...;  // it has no step left
#ifndef HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_
#define HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <google/protobuf/message.h>

#include "absl/status/statusor.h"
#include "tools/training/program_settings.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/training_checkpoint.h"

namespace hairpin {

struct ResumedRun {
  Run run;  // as it was, its settings resolved
  // To go on with: those, and the given ones that change no bits. Of the type of `given`.
  std::unique_ptr<google::protobuf::Message> settings;
};

// The file is trusted no more than flags are: DATA_LOSS where it is no run,
// INVALID_ARGUMENT where a setting in it could not have been given or it is another
// program's, both naming the file; and where a given flag contradicts the run. It doesn't where it
// names another place of data whose size and hash the run's record has: run and settings take it.
// Under --ignore_data_change they take other data, too, unless the program keeps_ids: then the old
// place stays.
absl::StatusOr<ResumedRun> ReadResumedRun(const SettingsRules& rules, const RunFolder& folder,
                                          const google::protobuf::Message& given);

// What --resume says of a difference that CheckDataFiles found, with it the ways to go on, or of
// another error of it.
absl::Status DataChanged(const SettingsRules& rules, const google::protobuf::Message& settings,
                         const absl::Status& difference);

// The newest whole checkpoint, if it is at the last step or after it, or if the training ended
// there for what it showed (--early_stopping, --overfit_one_batch); nothing where steps are left
// to do. An error where what is in the folder can't be known.
absl::StatusOr<std::optional<TrainingPosition>> FindEnd(const RunFolder& folder,
                                                        const TrainingSettings& settings);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RESUMED_RUN_H_
