#include "tools/analysis/model_flags.h"

#include <algorithm>
#include <string_view>

#include "tools/training/mlm_settings.h"

namespace hairpin {
namespace {

constexpr std::string_view kNames[] = {
    "preset",     "layers",  "hidden",      "heads",            "intermediate", "seq_len",
    "vocab_size", "packing", "micro_batch", "mask_probability", "dropout"};

bool Contains(absl::Span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<FlagSpec> WithModelFlags(absl::Span<const FlagSpec> own,
                                     absl::Span<const std::string_view> more) {
  std::vector<FlagSpec> flags(own.begin(), own.end());
  for (const FlagSpec& flag : TrainMlmFlags()) {
    if (Contains(kNames, flag.name) || Contains(more, flag.name)) flags.push_back(flag);
  }
  return flags;
}

}  // namespace hairpin
