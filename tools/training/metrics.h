// metrics.jsonl: one object a line, each appended by one write if the disk takes it.
//
//   auto metrics = MetricsFile::Open("runs/a/metrics.jsonl", /*keep_bytes=*/0);
//   absl::Status status = (*metrics)->Append({{"step", 100}, {"loss", 6.1}});
#ifndef HAIRPIN_TOOLS_TRAINING_METRICS_H_
#define HAIRPIN_TOOLS_TRAINING_METRICS_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace hairpin {

struct Metric {
  const char* name;  // plain letters, digits and underscores
  std::variant<int64_t, double> value;
};

// A line that is put together member by member. Allocates nothing.
class MetricLine {
 public:
  static constexpr int kMaxMetrics = 24;

  // CHECKs the number of metrics.
  void Add(const char* name, std::variant<int64_t, double> value);
  absl::Span<const Metric> metrics() const { return {metrics_.data(), size_}; }

 private:
  std::array<Metric, kMaxMetrics> metrics_ = {};
  size_t size_ = 0;
};

class MetricsFile {
 public:
  // The longest line, its end included.
  static constexpr int kMaxLineBytes = 1024;

  // Opens or makes the file and cuts it to `keep_bytes`: what was written after
  // the checkpoint that a run resumes from. DATA_LOSS if it is shorter, INVALID_ARGUMENT
  // if it is no regular file.
  static absl::StatusOr<std::unique_ptr<MetricsFile>> Open(const std::string& path,
                                                           int64_t keep_bytes);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  // One object with these members, in this order. A double is written with as many
  // digits as give the same bits again; one that is not finite becomes null.
  // CHECKs the line's length. Allocates nothing when it succeeds. After an error half a line may be
  // there, which bytes() doesn't count.
  absl::Status Append(absl::Span<const Metric> line);
  absl::Status Append(std::initializer_list<Metric> line) {
    return Append(absl::Span<const Metric>(line.begin(), line.size()));
  }
  // What was appended is on the disk, in the file that has the name. FAILED_PRECONDITION where
  // that is another one by now, or has other bytes: an editor writes a new file, for instance, and
  // a checkpoint would count on lines that nobody can find.
  absl::Status Sync();
  int64_t bytes() const { return bytes_; }

 private:
  MetricsFile(std::string path, int descriptor, int64_t bytes)
      : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes) {}
  std::string path_;
  int descriptor_;
  int64_t bytes_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_METRICS_H_
