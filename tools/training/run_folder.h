// The run folder: where a training keeps everything, and what other programs
// find there.
//
//   run.textproto, vocab.txt, tokens/, metrics.jsonl, checkpoints/step-NNNNNN
//
// vocab.txt and tokens/ where the program has such.
// A folder holds a run when it has run.textproto. Every file but metrics.jsonl is
// written whole or not at all.
#ifndef HAIRPIN_TOOLS_TRAINING_RUN_FOLDER_H_
#define HAIRPIN_TOOLS_TRAINING_RUN_FOLDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/training/run.pb.h"

namespace hairpin {

class RunFolder {
 public:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}

  // Asked before anything is written into the folder, by a process that has it for itself:
  // RunHold::Check, whether what lies at the path still is the run's.
  void set_guard(std::function<absl::Status()> guard) { guard_ = std::move(guard); }
  // The guard's answer; OK where there is none. What writes into the folder by a path asks first,
  // as the functions below do that write.
  absl::Status CheckHeld() const { return guard_ == nullptr ? absl::OkStatus() : guard_(); }

  // OK if it holds a run; NOT_FOUND else.
  absl::Status RequireRun() const;
  // OK if `run`, its record, is of `program`; INVALID_ARGUMENT, naming --run, else.
  absl::Status RequireProgram(const Run& run, const std::string& program) const;
  // Makes the folder and the one for checkpoints, as far as they are missing.
  absl::Status MakeFolders() const;
  // Makes tokens/, for programs that keep ids there.
  absl::Status MakeTokensFolder() const;
  // What runs make in their folder, of whichever program, run.textproto first.
  std::vector<std::string> Parts() const;

  const std::string& path() const { return path_; }
  std::string vocabulary() const { return path_ + "/vocab.txt"; }
  std::string tokens(const std::string& part) const { return path_ + "/tokens/" + part; }
  std::string metrics() const { return path_ + "/metrics.jsonl"; }
  std::string checkpoint(int64_t step) const;

  // run.textproto ends with a line "# CRC-32C: 1a2b3c4d" of the lines above; "none" in its place
  // is fine, too. DATA_LOSS where it is damaged or no run.
  absl::Status WriteRun(const Run& run) const;
  absl::StatusOr<Run> ReadRun() const;

  // Paths of all checkpoints, the newest first; none where there is no folder for them. An error
  // where the folder can't be read: what is in it then isn't known.
  absl::StatusOr<std::vector<std::string>> Checkpoints() const;
  // Gives a checkpoint that can't be read the name "<path>.damaged", so that it
  // is not counted among the newest. Errors name the file.
  static absl::Status SetAside(const std::string& checkpoint);
  // Removes what a process that was killed left under temporary names; says on standard
  // error what it could not remove.
  void RemovePartialFiles() const;
  // Removes all but the `keep` newest checkpoints, and what was set aside but the newest of it.
  // Where `newest` is named, those after it neither count nor go: they can't be read, or they would
  // be the newest. Returns what could not be removed or read, and why: a line for each.
  std::vector<std::string> RemoveOldCheckpoints(int keep, const std::string& newest = "") const;

 private:
  std::string path_;
  std::function<absl::Status()> guard_;
};

// runs/<date>-<time>, in local time, as a user's relative path; with "-<number>"
// at its end from number 2 on, for runs that begin in the same second.
std::string DefaultRunPath(int number = 1);

// A file of `name` ("hairpin/data/sample/sample.txt") among the program's run
// files, wherever it was started from; "" if there is none.
std::string FindRunfile(const std::string& name, const std::string& program = "");

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RUN_FOLDER_H_
