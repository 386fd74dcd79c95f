// MemoryLimit: how much memory this process can still get, and what says so.
//
//   const MemoryLimit limit = FindMemoryLimit();
//   if (needed > limit.bytes) Refuse(needed, limit.bytes, limit.of);  // "... of this machine"
//
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst (memory.max) and
// cgroup-v1/memory.rst (memory.limit_in_bytes); getrlimit(2), RLIMIT_AS; proc(5), statm.
#ifndef HAIRPIN_TENSOR_MEMORY_LIMIT_H_
#define HAIRPIN_TENSOR_MEMORY_LIMIT_H_

#include <cstdint>
#include <string>

namespace hairpin {

struct MemoryLimit {
  int64_t bytes = 0;
  const char* of = "";  // words that follow "the N bytes "
};

// The least of the machine's physical memory, the limits of the process's control groups and those
// above them, and what its address space may still grow by (ulimit -v). What others on the machine
// or in the group use is not taken off. The arguments are for tests.
MemoryLimit FindMemoryLimit(const std::string& groups = "/sys/fs/cgroup",
                            const std::string& of_process = "/proc/self/cgroup");

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_MEMORY_LIMIT_H_
