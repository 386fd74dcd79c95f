// ModelTask: what one program is asked to time of a Mini-BERT, as the JSON file that
// Hairpin's own program and every peer read: so all get the same sizes, ids and masked
// positions, and the same rule of timing (tools/peers/steps.py).
//
//   ModelTask task = {.config = config, .batch = 8, .threads = 2};
//   WriteFileAtomically("task.json", TaskJson(task));
//   ProductFlops(task, /*selects_rows=*/true);   // 3.94e9 for the flagship
#ifndef HAIRPIN_TOOLS_PEERS_MODEL_TASK_H_
#define HAIRPIN_TOOLS_PEERS_MODEL_TASK_H_

#include <string>

#include "models/mini_bert/mini_bert.h"

namespace hairpin {

struct ModelTask {
  MiniBertConfig config = {};
  int batch = 8;                  // sequences of a micro-batch
  int accumulation = 4;           // micro-batches of a step
  double mask_probability = 0.15;
  bool all_logits = false;        // the head for all positions, not the masked ones alone
  bool checkpointing = false;     // each layer runs again in backward
  bool optimizer = true;          // clipping and AdamW at the end of a step
  int threads = 1;
  double warm_up_seconds = 0.3;
  double seconds = 1.5;           // measured
};

// M of a micro-batch: the masked positions, or all.
int64_t HeadRows(const ModelTask& task);

// Floating-point operations of the matrix products of a micro-batch, a multiply-add being
// two: forward, and twice that backward. `selects_rows` where the last layer is
// computed for the head's rows alone, but for keys and values, as Hairpin does.
double ProductFlops(const ModelTask& task, bool selects_rows);

// One object: "task" ("model"), "model" (sizes), "batch", "head" ("masked" or "all"),
// "threads", "checkpointing", "optimizer", "warm_up_seconds", "seconds", and
// "micro_batches", each with "ids" [B T], "rows" [M] (empty for all) and "labels" [M].
std::string TaskJson(const ModelTask& task);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_MODEL_TASK_H_
