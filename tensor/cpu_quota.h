// CpuQuota: how many cores' time a container may use, which its cores don't tell.
//
//   const int threads = std::min(cores, static_cast<int>(std::ceil(CpuQuota())));
//
// `docker run --cpus=2` on a machine of 64 cores leaves all 64 visible, and stops every thread of
// a process that took two cores' share of a tenth of a second until the next one begins: 64
// threads compute for 3 ms and stand still for 97.
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst (cpu.max) and
// Documentation/scheduler/sched-bwc.rst (cpu.cfs_quota_us).
#ifndef HAIRPIN_TENSOR_CPU_QUOTA_H_
#define HAIRPIN_TENSOR_CPU_QUOTA_H_

#include <string>

namespace hairpin {

// The least quota of this process's control groups and those above them, in cores: infinity where
// none has one, or where the system tells nothing. Of version 2 of control groups, and of 1.
// The arguments are for tests.
double CpuQuota(const std::string& groups = "/sys/fs/cgroup",
                const std::string& of_process = "/proc/self/cgroup");

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_CPU_QUOTA_H_
