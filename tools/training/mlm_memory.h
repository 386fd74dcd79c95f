// How much memory a Mini-BERT's training takes, known before any of it is allocated.
//
//   if (absl::Status s = PrepareMemory(settings, config); !s.ok()) return s;
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_MEMORY_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_MEMORY_H_

#include "absl/status/status.h"
#include "models/mini_bert/mini_bert.h"
#include "tensor/storage.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// Those that say how much memory a training takes.
inline constexpr char kMlmSizeFlags[] =
    "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation";

// Bytes that training will have alive at its peak, by a dry recording of a step and
// of an evaluation at the most masked positions there can be: nothing is allocated
// for it. Some of it is taken for each thread, so SetNumThreads comes before.
Account PredictMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                      const SavedPolicy& policy = KeepAll());

// Tells the allocator what training will take. RESOURCE_EXHAUSTED, naming bytes needed
// and bytes of the machine, where a step would not fit into memory.
absl::Status PrepareMemory(const TrainMlmSettings& settings, const MiniBertConfig& config,
                           const SavedPolicy& policy = KeepAll());

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_MEMORY_H_
