// The flags of train_mlm: their table, what they may be, and what becomes of
// them when the rest is known.
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_SETTINGS_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_SETTINGS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/training/flags.h"
#include "tools/training/program_settings.h"
#include "tools/training/run.pb.h"

namespace hairpin {

absl::Span<const FlagSpec> TrainMlmFlags();
const SettingsRules& TrainMlmRules();

// Defaults, the preset's sizes and the sample's settings, for flags not given.
// warmup_steps is a number afterwards; vocab_size and out_dir may be open still.
absl::Status ResolveSettings(TrainMlmSettings* settings);

// Whether the built-in sample is the text.
inline bool UsesSample(const TrainMlmSettings& settings) { return settings.data().empty(); }

// Of resolved settings, with the vocabulary's real size.
MiniBertConfig ConfigOf(const TrainMlmSettings& settings, int32_t vocab_size);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_SETTINGS_H_
