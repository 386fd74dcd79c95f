// What is in a run folder, to be compared with another run's.
#ifndef HAIRPIN_TOOLS_TRAINING_RUN_CONTENTS_H_
#define HAIRPIN_TOOLS_TRAINING_RUN_CONTENTS_H_

#include <map>
#include <string>

namespace hairpin {

// Of every file below `run` its contents, by its path there, with these exceptions:
// - of the newest checkpoint, the digest of its tensors and, as "checkpoints/step-N, all but
//   tensors", its config, its step, the optimizer's steps and the TrainingState without times, or
//   why they can't be read. Of its metrics_bytes those count that don't tell times, which have more
//   or fewer digits;
// - of the other checkpoints their number only: a training that is asked to stop saves where it is;
// - metrics.jsonl and run.textproto without what tells times; the latter without its checksum, and
//   without --ignore_data_change, which a resumed run forgets.
std::map<std::string, std::string> RunContents(const std::string& run);

// The number of the last step that has a checkpoint; 0 where none has.
int NewestCheckpoint(const std::string& run);

// "" if they are equal; else what differs, by files.
std::string Difference(const std::map<std::string, std::string>& expected,
                       const std::map<std::string, std::string>& found);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RUN_CONTENTS_H_
