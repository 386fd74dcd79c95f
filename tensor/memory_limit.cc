#include "tensor/memory_limit.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tensor/control_groups.h"

namespace hairpin {
namespace {

// The first number of a file; -1 where there is no file or another word: "max" is no limit.
int64_t NumberIn(const std::string& path) {
  int64_t number = -1;
  std::ifstream file(path);
  return file >> number ? number : -1;
}

}  // namespace

MemoryLimit FindMemoryLimit(const std::string& groups, const std::string& of_process) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  MemoryLimit least = {sysconf(_SC_PHYS_PAGES) * page, "of this machine"};
  const auto lower = [&](int64_t bytes, const char* of) {
    if (bytes < least.bytes) least = {bytes, of};
  };
  VisitControlGroups(groups, of_process, "memory", [&](const std::string& folder, bool version2) {
    const int64_t bytes =
        NumberIn(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"));
    if (bytes >= 0) lower(bytes, "that its control group may use");
  });
  struct rlimit space;
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    const int64_t most = static_cast<int64_t>(std::min<rlim_t>(space.rlim_cur, INT64_MAX));
    const int64_t mapped = std::max<int64_t>(0, NumberIn("/proc/self/statm")) * page;
    lower(std::max<int64_t>(0, most - mapped), "that are left under the limit of ulimit -v");
  }
  return least;
}

}  // namespace hairpin
