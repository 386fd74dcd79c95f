#include "tools/training/mlm_evaluation.h"

#include <cstdint>

#include "tools/training/batch_loss.h"

namespace hairpin {

absl::StatusOr<MaskedScore> EvaluateMlm(MiniBert& model, const TokenCache& cache, MlmBatch* batch,
                                        Recording& recording) {
  MaskedScore score;
  for (int64_t record = 0; record < cache.records(); record += batch->max_sequences()) {
    if (absl::Status s = MlmLoader::LoadEvaluation(cache, record, batch); !s.ok()) return s;
    if (batch->masked() == 0) continue;
    recording.Reset({.train = false, .gradients = false});
    const CrossEntropyResult result = BatchLoss(model, recording, *batch);
    score.loss_sum += result.loss.value().item();
    score.correct += static_cast<int64_t>(result.correct.value().item());
    score.masked += batch->masked();
  }
  return score;
}

}  // namespace hairpin
