#include "tools/training/metrics.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "tensor/file.h"

namespace hairpin {

absl::StatusOr<std::unique_ptr<MetricsFile>> MetricsFile::Open(const std::string& path,
                                                               int64_t keep_bytes) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return FileError(errno, path, "open");
  auto file = std::unique_ptr<MetricsFile>(new MetricsFile(path, descriptor, keep_bytes));
  struct stat status;
  if (fstat(descriptor, &status) != 0) return FileError(errno, path, "look at");
  if (status.st_size < keep_bytes) {
    return absl::DataLossError(absl::StrCat(path, ": found ", status.st_size,
                                            " bytes, expected at least the ", keep_bytes,
                                            " that the checkpoint names"));
  }
  if (ftruncate(descriptor, keep_bytes) != 0) return FileError(errno, path, "truncate");
  return file;
}

MetricsFile::~MetricsFile() { close(descriptor_); }

absl::Status MetricsFile::Append(const nlohmann::ordered_json& line) {
  const std::string text = line.dump() + "\n";
  const ssize_t written = write(descriptor_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    return FileError(written < 0 ? errno : ENOSPC, path_, "write");
  }
  bytes_ += written;
  return absl::OkStatus();
}

absl::Status MetricsFile::Sync() {
  if (fsync(descriptor_) != 0) return FileError(errno, path_, "sync");
  return absl::OkStatus();
}

}  // namespace hairpin
