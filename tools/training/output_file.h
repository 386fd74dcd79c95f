// OutputFile: the file that a flag names, for what a program has at its end; it may be none.
//
//   OutputFile svg("svg");
//   if (absl::Status s = svg.Open(flags.svg()); !s.ok()) return s;   // before long work
//   ...
//   if (absl::Status s = svg.Write([&] { return DrawStep(report); }); !s.ok()) return s;
#ifndef HAIRPIN_TOOLS_TRAINING_OUTPUT_FILE_H_
#define HAIRPIN_TOOLS_TRAINING_OUTPUT_FILE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tools/training/flags.h"

namespace hairpin {

// Errors are those of AtomicFileWriter, and name the flag. Unless Write was called, what stood at
// the path stays as it was. What the user may not mean: CheckOutputs (output_paths.h).
class OutputFile {
 public:
  explicit OutputFile(const char* flag) : flag_(flag) {}

  // The user's path (UserPath); none for "".
  absl::Status Open(const std::string& path) {
    if (path.empty()) return absl::OkStatus();
    absl::StatusOr<std::unique_ptr<AtomicFileWriter>> file =
        AtomicFileWriter::Create(UserPath(path), AtomicFileWriter::Temporary::kFree);
    if (!file.ok()) return Error(file.status());
    file_ = *std::move(file);
    return absl::OkStatus();
  }

  // What `text()` returns, which is called where there is a file. At most once.
  template <class Text>
  absl::Status Write(const Text& text) {
    if (file_ == nullptr) return absl::OkStatus();
    if (absl::Status s = file_->Write(text()); !s.ok()) return Error(s);
    if (absl::Status s = file_->Commit(); !s.ok()) return Error(s);
    return absl::OkStatus();
  }

 private:
  absl::Status Error(const absl::Status& status) const {
    return absl::Status(status.code(),
                        absl::StrCat("--", flag_, ": ", std::string(status.message()),
                                     ", expected a file that can be written"));
  }
  const char* const flag_;
  std::unique_ptr<AtomicFileWriter> file_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_OUTPUT_FILE_H_
