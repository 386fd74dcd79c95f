// The settings that every training has, out of a program's own.
//
//   TrainingSettings common = CommonSettings(settings);   // of a TrainMlmSettings
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_SETTINGS_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_SETTINGS_H_

#include <google/protobuf/message.h>

#include "tools/training/run.pb.h"

namespace hairpin {

// A loss below which --overfit_one_batch has learnt its micro-batch.
inline constexpr double kLearntByHeart = 0.1;

// The fields of `settings`, or of a message that it holds, that have the names of
// TrainingSettings' fields; CHECKs their types. What is not set stays so.
TrainingSettings CommonSettings(const google::protobuf::Message& settings);

// Those that are set in `common`, into the fields of those names. What is not set stays.
void SetCommonSettings(const TrainingSettings& common, google::protobuf::Message* settings);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_SETTINGS_H_
