// StartThreads: the threads that --threads asks for, as far as it makes sense.
//
//   if (const std::string note = StartThreads(settings.threads()); !note.empty()) {
//     progress.Line("%s", note.c_str());
//   }
#ifndef HAIRPIN_TOOLS_TRAINING_THREADS_H_
#define HAIRPIN_TOOLS_TRAINING_THREADS_H_

#include <string>

namespace hairpin {

// Threads wait for each other several times in a kernel, so many for one core
// spend their time changing places: on two cores 1024 took a minute for what one
// does in a second, and 64 took 1.4 times as long as two where four take 1.1 to 1.2
// times (.ci/threads.py, with and without this bound).
inline constexpr int kMostThreadsPerCore = 2;

// Sets NumThreads() to `wanted` >= 1, to what kMostThreadsPerCore allows or to what
// the system starts, whichever is least. Returns "", or a line that says why they
// are fewer than wanted.
std::string StartThreads(int wanted);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_THREADS_H_
