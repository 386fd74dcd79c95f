#include "tools/training/evaluation.h"

#include <cstdint>

#include "tools/training/stop.h"

namespace hairpin {

absl::StatusOr<Score> Evaluate(TrainingTask& task, Recording& recording) {
  Score score;
  SetUnderWay("the evaluation's batch");
  for (int64_t record = 0; record < task.evaluation_records();) {
    if (StopAsked()) return StopError("in evaluation");
    const absl::StatusOr<int64_t> loaded = task.LoadEvaluation(record);
    if (!loaded.ok()) return loaded.status();
    record += *loaded;
    const int64_t count = task.size(TrainingTask::kEvaluation).count;
    if (count == 0) continue;
    recording.Reset({.train = false, .gradients = false});
    score.Add(ScoreOf(task.Record(recording, TrainingTask::kEvaluation), count));
  }
  return score;
}

}  // namespace hairpin
