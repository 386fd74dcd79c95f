// RunHold: a run folder that this process alone writes to.
//
//   absl::StatusOr<RunHold> hold = RunHold::New(folder, run);  // or RunHold::Resume(folder)
//   if (!hold.ok()) return hold.status();
//   ...
//   if (!prepared.ok()) hold->Undo();  // a start that fails leaves nothing half-written
//   if (absl::Status s = hold->Check(); !s.ok()) return s;  // before what is written later
//
// Two trainings in one folder would write each other's files, and one that fails
// would remove the other's. So a training locks the folder (flock) before it looks
// what is in it, and as long as the hold lives; the system ends a lock with its
// process, however that ends. On a file system that has no locks, none is held.
#ifndef HAIRPIN_TOOLS_TRAINING_RUN_HOLD_H_
#define HAIRPIN_TOOLS_TRAINING_RUN_HOLD_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

class RunHold {
 public:
  // Holds nothing.
  RunHold() = default;
  RunHold(RunHold&& other) noexcept { *this = std::move(other); }
  RunHold& operator=(RunHold&& other) noexcept;
  ~RunHold();

  // Makes a folder that holds a run: run.textproto is in it before anything else, so
  // a process that dies at any moment leaves an empty folder or a run to resume.
  // ALREADY_EXISTS where it holds a run or part of one, or another process holds it;
  // on an error nothing is left. Errors begin with "--out_dir: ".
  static absl::StatusOr<RunHold> New(const RunFolder& folder, const Run& run);

  // A run that is there; what an earlier process left half-written is removed. NOT_FOUND
  // where none is, UNAVAILABLE where another process holds it, with its number where the
  // system tells. Errors begin with "--resume: ".
  static absl::StatusOr<RunHold> Resume(const RunFolder& folder);

  bool held() const { return descriptor_ >= 0; }

  // FAILED_PRECONDITION where the folder at the path is no longer the one that is held: it was
  // moved, and what lies there now, if anything, is another run's. To be asked before writing.
  absl::Status Check() const;

  // Removes what New made, and the folders that it made as far as they are empty then:
  // another run may be in them meanwhile. Nothing after Resume.
  void Undo();

 private:
  enum class Locked { kYes, kBusy, kGone };
  // kGone where another process has removed the folder: it can be made again.
  absl::StatusOr<Locked> Lock(const std::string& path);
  absl::Status Make(const RunFolder& folder, const Run& run);

  int descriptor_ = -1;  // of the folder
  std::string path_;
  std::vector<std::string> parts_;        // of the run that New made
  std::vector<std::string> made_folders_;  // the deepest last
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RUN_HOLD_H_
