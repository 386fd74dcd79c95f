// The trainer of a TinyRun.
#ifndef HAIRPIN_TOOLS_TRAINING_TINY_TRAINER_H_
#define HAIRPIN_TOOLS_TRAINING_TINY_TRAINER_H_

#include "tools/training/tiny_run.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"

namespace hairpin {

// Of a new model, in the run's folder.
inline Trainer NewTrainer(TinyRun& run) {
  return Trainer(CommonSettings(run.settings), run.NewTask(), run.folder, run.progress);
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TINY_TRAINER_H_
