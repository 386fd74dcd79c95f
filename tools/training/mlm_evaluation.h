// The loss and accuracy of a model on evaluation text.
//
//   absl::StatusOr<MaskedScore> score = EvaluateMlm(model, *data.evaluation, &batch, recording);
//
// No dice: what is masked is a function of the position (data/masking.h), and
// dropout is off. Source: the project's own, so that losses of runs compare.
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_EVALUATION_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_EVALUATION_H_

#include "absl/status/statusor.h"
#include "autograd/recording.h"
#include "data/batch.h"
#include "data/token_cache.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/training/masked_score.h"

namespace hairpin {

// Over all records of the cache, as many at once as `batch` holds; it needs room for
// MaxEvaluationMaskedPerSequence. Batch and recording are the caller's so that their
// memory serves again. Fails only where the cache can't be read.
absl::StatusOr<MaskedScore> EvaluateMlm(MiniBert& model, const TokenCache& cache, MlmBatch* batch,
                                        Recording& recording);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_EVALUATION_H_
