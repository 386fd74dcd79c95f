#include "tools/training/newest_checkpoint.h"

#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"

namespace hairpin {

absl::StatusOr<std::string> NewestCheckpoint(const RunFolder& folder) {
  for (const std::string& path : folder.Checkpoints()) {
    const auto verified = nn::VerifyCheckpoint(path);
    if (verified.ok()) return path;
    std::fprintf(stderr, "passed over: %s\n", std::string(verified.status().message()).c_str());
  }
  return absl::NotFoundError(
      absl::StrCat("--run: ", folder.path(), ": found no checkpoint that can be read"));
}

}  // namespace hairpin
