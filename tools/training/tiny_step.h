// Settings of a Mini-BERT so small that a test may run steps of it.
#ifndef HAIRPIN_TOOLS_TRAINING_TINY_STEP_H_
#define HAIRPIN_TOOLS_TRAINING_TINY_STEP_H_

#include "gtest/gtest.h"
#include "tools/training/mlm_settings.h"

namespace hairpin {

// B = 3, T = 22, C = 32, H = 2, F = 48, M = 3 x 4, V = 100; two layers, steps of
// four micro-batches.
inline TrainMlmSettings TinyStepSettings() {
  TrainMlmSettings settings;
  settings.set_layers(2);
  settings.set_hidden(32);
  settings.set_heads(2);
  settings.set_intermediate(48);
  settings.set_seq_len(22);
  settings.set_micro_batch(3);
  settings.set_accumulation(4);
  settings.set_vocab_size(100);
  settings.set_mask_probability(0.2);
  settings.set_packing("stream");
  settings.set_threads(1);
  EXPECT_TRUE(ResolveSettings(&settings).ok());
  return settings;
}

inline MiniBertConfig TinyStepConfig() { return ConfigOf(TinyStepSettings(), 100); }

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TINY_STEP_H_
