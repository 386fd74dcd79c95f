#include "tools/training/newest_checkpoint.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"

namespace hairpin {

absl::StatusOr<std::string> NewestCheckpoint(const RunFolder& folder) {
  const absl::StatusOr<std::vector<std::string>> checkpoints = folder.Checkpoints();
  if (!checkpoints.ok()) {
    return absl::Status(checkpoints.status().code(),
                        absl::StrCat("--run: ", std::string(checkpoints.status().message())));
  }
  for (const std::string& path : *checkpoints) {
    const auto verified = nn::VerifyCheckpoint(path);
    if (verified.ok()) return path;
    std::fprintf(stderr, "passed over: %s\n", std::string(verified.status().message()).c_str());
  }
  return absl::NotFoundError(
      absl::StrCat("--run: ", folder.path(), ": found no checkpoint that can be read"));
}

}  // namespace hairpin
