// The files that a run learns from, in its record: whether they still are what they were.
//
//   absl::Status status = RecordDataFiles({"novels.txt"}, &run);    // when it begins
//   status = CheckDataFiles({"novels.txt"}, run);                   // when it is resumed
//   status = MoveDataFiles({"novels.txt"}, {"books/novels.txt"}, false, &run);  // from elsewhere
#ifndef HAIRPIN_TOOLS_TRAINING_DATA_FILES_H_
#define HAIRPIN_TOOLS_TRAINING_DATA_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// Path, size and SHA-256 of each, instead of what the record had; of a folder, of all the files in
// it and their names. Errors name the file. This and what follows are CANCELLED where StopAsked()
// (stop.h) becomes true.
absl::Status RecordDataFiles(const std::vector<std::string>& paths, Run* run);

// OK where each is what the record says of it, wherever it lies now, or the record says nothing.
// FAILED_PRECONDITION else: names the first file that has changed, grown at its end or is gone,
// what was found and what was expected. Other errors of reading one say nothing of its contents and
// stay what they are.
absl::Status CheckDataFiles(const std::vector<std::string>& paths, const Run& run);

// Sees where somebody writes to a file while it is read: what was learnt from it would not be what
// the record's hash is of.
class DataWatch {
 public:
  // Before they are read.
  explicit DataWatch(std::vector<std::string> paths);
  // After it, and after their hashes were taken. FAILED_PRECONDITION naming the file.
  absl::Status Check() const;

 private:
  std::vector<std::string> paths_, stamps_;
};

// The files that the record has at `from`, one after another, lie at `to` now: so it says
// afterwards. NOT_FOUND where it has no such files; FAILED_PRECONDITION, and nothing is changed,
// where they are others in number or, unless `any_contents`, in CheckDataFiles' sense, or errors of
// reading them.
absl::Status MoveDataFiles(const std::vector<std::string>& from, const std::vector<std::string>& to,
                           bool any_contents, Run* run);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_DATA_FILES_H_
