#include "tools/training/data_files.h"

#include <cstdint>
#include <filesystem>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

// What is not as the record has it; "" where all is.
std::string Difference(const std::string& path, const DataFile& recorded) {
  const absl::StatusOr<FileDigest> now = HashFile(path);
  if (!now.ok()) return std::string(now.status().message());
  const int64_t bytes = recorded.bytes();
  if (now->bytes == bytes) {
    if (now->sha256 == recorded.sha256()) return "";
    return absl::StrCat(path, ": found contents with SHA-256 ", now->sha256, ", expected ",
                        recorded.sha256());
  }
  if (now->bytes > bytes) {
    const absl::StatusOr<FileDigest> begin = HashFile(path, bytes);
    if (begin.ok() && begin->sha256 == recorded.sha256()) {
      return absl::StrCat(path, ": found ", now->bytes - bytes, " bytes after the ", bytes,
                          " that it had, expected none");
    }
  }
  return absl::StrCat(path, ": found ", now->bytes, " bytes, expected ", bytes);
}

}  // namespace

absl::Status RecordDataFiles(const std::vector<std::string>& paths, Run* run) {
  run->clear_data();
  for (const std::string& path : paths) {
    const absl::StatusOr<FileDigest> digest = HashFile(path);
    if (!digest.ok()) return digest.status();
    DataFile* const file = run->add_data();
    file->set_path(std::filesystem::absolute(path).string());
    file->set_bytes(digest->bytes);
    file->set_sha256(digest->sha256);
  }
  return absl::OkStatus();
}

absl::Status CheckDataFiles(const std::vector<std::string>& paths, const Run& run) {
  if (run.data().empty()) return absl::OkStatus();
  if (static_cast<int>(paths.size()) != run.data_size()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "found ", paths.size(), " files to learn from, expected ", run.data_size()));
  }
  for (int i = 0; i < run.data_size(); ++i) {
    const std::string difference = Difference(paths[i], run.data(i));
    if (!difference.empty()) return absl::FailedPreconditionError(difference);
  }
  return absl::OkStatus();
}

}  // namespace hairpin
