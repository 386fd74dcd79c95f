#include "tools/training/training_task.h"

namespace hairpin {

Score ScoreOf(const TaskLoss& loss, int64_t count) {
  Score score = {.loss_sum = loss.loss.value().item(), .count = count};
  if (loss.correct) score.correct = static_cast<int64_t>(loss.correct.value().item());
  for (int i = 0; i < kMaxTerms; ++i) {
    if (loss.terms[i]) score.terms[i] = loss.terms[i].value().item();
  }
  return score;
}

}  // namespace hairpin
