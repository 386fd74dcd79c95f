// The loss of a task's model on the records for evaluation.
//
//   absl::StatusOr<Score> score = Evaluate(task, recording);
//
// No dice: dropout is off, and what a record is, is a function of its number.
#ifndef HAIRPIN_TOOLS_TRAINING_EVALUATION_H_
#define HAIRPIN_TOOLS_TRAINING_EVALUATION_H_

#include "absl/status/statusor.h"
#include "autograd/recording.h"
#include "tools/training/training_task.h"

namespace hairpin {

// Over all of them, as many at once as the task loads. The recording is the caller's so that its
// memory serves again. Fails only where the task can't load.
absl::StatusOr<Score> Evaluate(TrainingTask& task, Recording& recording);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_EVALUATION_H_
