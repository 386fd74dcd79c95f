// What a training tells of its steps: sums in its TrainingState, so that a resumed
// run goes on with them, and the log line that is made of them.
//
//   AddToSums(report, &state);                             // after each step
//   LogSums(step, report, words, "41 s", &state, metrics, progress);  // every log_every steps
#ifndef HAIRPIN_TOOLS_TRAINING_STEP_LOG_H_
#define HAIRPIN_TOOLS_TRAINING_STEP_LOG_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/training/metrics.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/score.h"

namespace hairpin {

// Of one step.
struct StepReport {
  Score score = {};
  bool left_out = false;     // by --on_nonfinite=skip: its score is nothing
  double gradient_norm = 0;  // before clipping
  double learning_rate = 0;
  int64_t inputs = 0;  // all that were fed
  int64_t micro_batches = 0;
  double compute_seconds = 0;  // of forward and backward
  double seconds = 0;          // of all of it
};

void AddToSums(const StepReport& report, TrainingState* state);

// A line for people and one for metrics.jsonl: means since the last line, and the
// last step's own numbers. Then the sums since the last line are 0. `time_left` is
// for people, and so is the number of steps left out where there were no others
// in which something counted. Allocates nothing when it succeeds.
absl::Status LogSums(int64_t step, const StepReport& last, const TaskWords& words,
                     const char* time_left, TrainingState* state, MetricsFile& metrics,
                     Progress& progress);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_STEP_LOG_H_
