#include "tools/training/class_weights.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/dataset.h"

namespace hairpin {

absl::StatusOr<std::vector<float>> ClassWeights(const std::string& name,
                                                std::span<const int32_t> classes,
                                                int32_t class_count,
                                                std::span<const int64_t> records) {
  if (name == "none") return std::vector<float>();
  if (name != "balanced") {
    return absl::InvalidArgumentError(
        absl::StrCat("--class_weights: found '", name, "', expected none or balanced"));
  }
  if (class_count == 0) {
    return absl::InvalidArgumentError(
        "--class_weights: found balanced, expected none where a number is told");
  }
  return BalancedClassWeights(classes, class_count, records);
}

}  // namespace hairpin
