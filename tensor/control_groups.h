// The control groups of this process, as the system shows them: what a container may use is said
// there and nowhere else.
//
//   VisitControlGroups("/sys/fs/cgroup", "/proc/self/cgroup", "memory",
//                      [&](const std::string& folder, bool version2) {
//     Read(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"));
//   });
//
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/cgroups.rst.
#ifndef HAIRPIN_TENSOR_CONTROL_GROUPS_H_
#define HAIRPIN_TENSOR_CONTROL_GROUPS_H_

#include <functional>
#include <string>

namespace hairpin {

// Calls visit(folder, version2) for the process's group of the controller and for each one above
// it, up to the root; folders need not be there. `of_process` lists the groups, as
// /proc/self/cgroup does: one of version 2, which all controllers share, those of version 1, or
// both.
void VisitControlGroups(const std::string& groups, const std::string& of_process,
                        const std::string& controller,
                        const std::function<void(const std::string& folder, bool version2)>& visit);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_CONTROL_GROUPS_H_
