// The machine that a comparison ran on, in words.
#ifndef HAIRPIN_TOOLS_PEERS_MACHINE_H_
#define HAIRPIN_TOOLS_PEERS_MACHINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/peers/bench.h"
#include "tools/peers/contenders.h"

namespace hairpin {

// Lines: the CPU, its cores, instructions and system; what it can do at most, measured in a
// process of its own with one thread and `threads`, for `seconds` each; the versions of what is
// compared.
absl::StatusOr<std::vector<std::string>> DescribeMachine(const Peers& peers, int threads,
                                                         double seconds, const Bench& bench);

// The value of the first line "<key> : value" or "<key>=value" of a text, without quotes; "" where
// there is none. For /proc/cpuinfo and /etc/os-release.
std::string ValueOf(const std::string& text, const std::string& key);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_MACHINE_H_
