#include "tools/training/threads.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tensor/thread_pool.h"

namespace hairpin {

std::string StartThreads(int wanted) {
  const int allowed = std::min(wanted, kMostThreadsPerCore * NumCores());
  SetNumThreads(allowed);
  const int started = NumThreads();
  if (started == wanted) return "";
  return absl::StrCat("--threads: found ", wanted, ", started ", started,
                      started < allowed
                          ? std::string(", all that the system gave")
                          : absl::StrCat(": ", kMostThreadsPerCore, " for each core at most"));
}

}  // namespace hairpin
