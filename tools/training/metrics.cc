#include "tools/training/metrics.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"

namespace hairpin {
namespace {

// A line that grows in place.
class LineText {
 public:
  const char* data() const { return text_; }
  size_t size() const { return size_; }

  void Add(std::string_view more) {
    CheckRoom(more.size() <= sizeof(text_) - size_);
    std::memcpy(text_ + size_, more.data(), more.size());
    size_ += more.size();
  }
  void AddNumber(int64_t number) { AddDigits(number); }
  void AddNumber(double number) {
    if (std::isfinite(number)) {
      AddDigits(number);
    } else {
      Add("null");
    }
  }

 private:
  template <class Number>
  void AddDigits(Number number) {
    const std::to_chars_result result =
        std::to_chars(text_ + size_, text_ + sizeof(text_), number);
    CheckRoom(result.ec == std::errc());
    size_ = result.ptr - text_;
  }
  static void CheckRoom(bool enough) {
    HAIRPIN_CHECK(enough) << "MetricsFile: a line of more than " << MetricsFile::kMaxLineBytes
                          << " bytes";
  }

  char text_[MetricsFile::kMaxLineBytes];
  size_t size_ = 0;
};

}  // namespace

void MetricLine::Add(const char* name, std::variant<int64_t, double> value) {
  HAIRPIN_CHECK(size_ < metrics_.size()) << "MetricLine: more than " << kMaxMetrics << " metrics";
  metrics_[size_++] = {name, value};
}

absl::StatusOr<std::unique_ptr<MetricsFile>> MetricsFile::Open(const std::string& path,
                                                               int64_t keep_bytes) {
  // A file whose lines are counted on is not made anew in vain.
  const int create = keep_bytes > 0 ? 0 : O_CREAT;
  // O_NONBLOCK: a pipe that nobody reads must fail here, not hang.
  const int descriptor = Files().Open(
      path.c_str(), O_WRONLY | create | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
  if (descriptor < 0) {
    if (errno != ENXIO) return FileError(errno, path, "open");
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": found a pipe or socket, expected a regular file"));
  }
  auto file = std::unique_ptr<MetricsFile>(new MetricsFile(path, descriptor, keep_bytes));
  if (absl::Status s = RequireRegularFile(descriptor, path); !s.ok()) return s;
  struct stat status;
  if (fstat(descriptor, &status) != 0) return FileError(errno, path, "look at");
  if (status.st_size < keep_bytes) {
    return absl::DataLossError(absl::StrCat(path, ": found ", status.st_size,
                                            " bytes, expected at least the ", keep_bytes,
                                            " that the checkpoint counts on; put the file back "
                                            "that was there"));
  }
  if (keep_bytes > 0) {  // a checkpoint of another run would cut a line in two
    char last = '\0';
    const auto reader = PositionalReader::Open(path);
    if (!reader.ok()) return reader.status();
    if (absl::Status s = (*reader)->ReadAt(keep_bytes - 1, &last, 1); !s.ok()) return s;
    if (last != '\n') {
      return absl::DataLossError(absl::StrCat(path, ": byte ", keep_bytes - 1,
                                              ": found the middle of a line, expected its end: the "
                                              "checkpoint counts on other lines"));
    }
  }
  if (Files().Truncate(descriptor, keep_bytes) != 0) return FileError(errno, path, "truncate");
  // Its name must be on the disk before a checkpoint counts on the lines in it.
  if (absl::Status s = SyncFolder(FolderOf(path)); !s.ok()) return s;
  return file;
}

MetricsFile::~MetricsFile() { Files().Close(descriptor_); }

absl::Status MetricsFile::Append(absl::Span<const Metric> line) {
  LineText text;
  for (const Metric& metric : line) {
    text.Add(text.size() == 0 ? "{\"" : ",\"");
    text.Add(metric.name);
    text.Add("\":");
    std::visit([&](auto number) { text.AddNumber(number); }, metric.value);
  }
  text.Add(line.empty() ? "{}\n" : "}\n");
  absl::Status status = WriteAll(descriptor_, text.data(), text.size(), path_);
  if (status.ok()) bytes_ += static_cast<int64_t>(text.size());
  return status;
}

absl::Status MetricsFile::Sync() {
  if (Files().Sync(descriptor_) != 0) return FileError(errno, path_, "sync");
  struct stat written, named;
  if (fstat(descriptor_, &written) != 0) return FileError(errno, path_, "look at");
  const bool found = stat(path_.c_str(), &named) == 0;
  const bool same = found && named.st_dev == written.st_dev && named.st_ino == written.st_ino;
  if (same && written.st_size == bytes_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path_, ": found ",
      same    ? absl::StrCat(written.st_size, " bytes")
      : found ? "another file"
              : "none",
      ", expected the ", bytes_,
      " bytes that this training has written: it was changed by somebody else meanwhile"));
}

}  // namespace hairpin
