// The flags that every training program has, and what becomes of them.
//
//   static const std::vector<FlagSpec> flags = WithTrainingFlags(kOwn);
//   SettingsRules rules = {.flags = flags, .paths = {"data", "trace"}};
//   ...
//   if (absl::Status s = ResolveTraining(flags, &settings); !s.ok()) return s;
//
// A program's settings are a message of its own, which has the fields of TrainingSettings
// (run.proto) under their names, or holds one.
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_FLAGS_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_FLAGS_H_

#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/training/flags.h"

namespace hairpin {

// What --schedule means, for programs with another default.
inline constexpr char kScheduleMeaning[] =
    "how the rate falls after warmup: linear, cosine, constant, cosine_with_restarts, "
    "one_cycle or warmup_stable_decay";

// A program's own flags, then those of every training. An own one takes the place of the common
// one of its name: so a program has defaults and words of its own.
std::vector<FlagSpec> WithTrainingFlags(absl::Span<const FlagSpec> own);

// Defaults of all flags, common and own, that are not in brackets, and of the common ones that
// depend on others. InvalidArgument, naming the flag, found and expected, where a common one is a
// word that is none of its values, or --overfit_one_batch is contradicted.
absl::Status ResolveTraining(absl::Span<const FlagSpec> flags, google::protobuf::Message* settings);

// Whether a run that is resumed may take another value: it changes no bits of a step.
bool IsHarmless(const std::string& flag);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_FLAGS_H_
