// Ctrl-C, SIGTERM and SIGHUP as a question that long work asks between its parts.
//
//   CatchStopSignals();
//   ...
//   if (StopAsked()) return StopError("vocabulary training");   // CANCELLED
//   ...
//   return StopExitCode();                                      // 130, 143 or 129
//
// The first signal only sets a number, so that work ends where its files are whole and can be gone
// on from, and says what that waits for; the second ends the process at once, as if nobody had
// caught it.
#ifndef HAIRPIN_TOOLS_TRAINING_STOP_H_
#define HAIRPIN_TOOLS_TRAINING_STOP_H_

#include <string>

#include "absl/status/status.h"

namespace hairpin {

// From now on, for this process. Calls of the system that a signal comes into go on; writing what
// nobody reads, or beyond a limit of the file's size, is an error and doesn't end the process.
void CatchStopSignals();

// Whether a signal has come. Cheap, and allocates nothing; any thread may ask.
bool StopAsked();

// What a signal that comes now waits for, at most: "the micro-batch". A literal, kept until the
// next.
void SetUnderWay(const char* what);

// CANCELLED: "stopped by SIGINT: <what>".
absl::Status StopError(const std::string& what);

// What shells report of a process that the signal ended: 128 and its number.
int StopExitCode();

// As if a signal, or none (0), had come: for tests.
void SetStopSignal(int signal);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_STOP_H_
