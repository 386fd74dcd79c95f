// RunProcess: another program, to its end, with what it wrote and took.
//
//   absl::StatusOr<ProcessResult> result = RunProcess({"python3", "torch_model.py", "task.json"});
//   if (!result.ok()) return result.status();   // it did not start, or its exit code is not 0
//   result->standard_output; result->resident_peak_bytes;
//
// No program outlives its caller: where a signal asks the caller to stop (CatchStopSignals), or
// the time is over, the program is killed with all that it started in its process group; and
// where the caller dies at once, the system kills the program.
#ifndef HAIRPIN_TOOLS_PEERS_PROCESS_H_
#define HAIRPIN_TOOLS_PEERS_PROCESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hairpin {

struct ProcessResult {
  std::string standard_output, standard_error;
  // Of the process and its ended children, as the system counts it (ru_maxrss). At least
  // what the caller had at its own peak, which the system inherits to it.
  int64_t resident_peak_bytes = 0;
  // From the start to the first line of standard error that begins with `watched`.
  std::optional<double> seconds_to_watched;
};

struct ProcessOptions {
  // A line of standard error that begins so is waited for: seconds_to_watched.
  std::string watched = "";
  // More than any measurement takes; a program that hangs must not hang all others.
  double most_seconds = 1800;
};

// Finds command[0] in $PATH where it has no slash; standard input is empty. NOT_FOUND
// where the program can't be started, INTERNAL where it fails: its name, its exit code
// and the last lines of its standard error. CANCELLED where a signal came, DEADLINE_EXCEEDED after
// `most_seconds`.
absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& command,
                                         const ProcessOptions& options = {});

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_PROCESS_H_
