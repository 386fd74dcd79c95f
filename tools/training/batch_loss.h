// From a batch of ids to the model's loss on it.
#ifndef HAIRPIN_TOOLS_TRAINING_BATCH_LOSS_H_
#define HAIRPIN_TOOLS_TRAINING_BATCH_LOSS_H_

#include "autograd/recording.h"
#include "data/batch.h"
#include "models/mini_bert/mini_bert.h"

namespace hairpin {

// Records the model's forward on the batch: the summed loss of its masked tokens
// and how many of them were guessed. The batch's numbers are copied; what depends
// on their number is bounded by the most that the batch has room for.
CrossEntropyResult BatchLoss(MiniBert& model, Recording& recording, const MlmBatch& batch);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_BATCH_LOSS_H_
