// What a class counts in the loss, by the flag class_weights.
//
//   absl::StatusOr<std::vector<float>> weights =
//       ClassWeights(settings.class_weights(), dataset.classes(), dataset.class_count(), train);
//
// Evaluation counts every record alike, with or without it.
#ifndef HAIRPIN_TOOLS_TRAINING_CLASS_WEIGHTS_H_
#define HAIRPIN_TOOLS_TRAINING_CLASS_WEIGHTS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/training/flags.h"

namespace hairpin {

inline constexpr FlagSpec kClassWeightsFlag = {
    "Training", "class_weights", "none",
    "balanced: each class counts as much as any other in the loss; none: each record does"};

// Of "none", nothing; of "balanced", BalancedClassWeights (data/dataset.h) of `records`, each with
// its class in [0, class_count), of which there is none where a number is told. INVALID_ARGUMENT,
// naming the flag, for another name, or where there are no classes.
absl::StatusOr<std::vector<float>> ClassWeights(const std::string& name,
                                                std::span<const int32_t> classes,
                                                int32_t class_count,
                                                std::span<const int64_t> records);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_CLASS_WEIGHTS_H_
