#include "tools/training/model_flags.h"

#include <algorithm>
#include <string_view>

#include "tools/training/mlm_settings.h"

namespace hairpin {
namespace {

constexpr std::string_view kNames[] = {
    "preset",     "layers",  "hidden",      "heads",            "intermediate", "seq_len",
    "vocab_size", "packing", "micro_batch", "mask_probability", "dropout"};

}  // namespace

std::vector<FlagSpec> WithModelFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags(own.begin(), own.end());
  for (const FlagSpec& flag : TrainMlmFlags()) {
    if (std::find(std::begin(kNames), std::end(kNames), flag.name) != std::end(kNames)) {
      flags.push_back(flag);
    }
  }
  return flags;
}

}  // namespace hairpin
