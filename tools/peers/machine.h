// The machine that a comparison ran on, in words.
#ifndef HAIRPIN_TOOLS_PEERS_MACHINE_H_
#define HAIRPIN_TOOLS_PEERS_MACHINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/peers/bench.h"
#include "tools/peers/contenders.h"

namespace hairpin {

struct MachineDescription {
  // The CPU, its cores, instructions and system; what it can do at most, measured in a process of
  // its own with one thread and with `threads`, for `seconds` each; the versions of what is
  // compared.
  std::vector<std::string> lines;
  std::vector<std::string> warnings;  // WarnOfOthers
};

// Errors as of RunProcess, and INTERNAL where the answer is none.
absl::StatusOr<MachineDescription> DescribeMachine(const Peers& peers, int threads,
                                                   double seconds, const Bench& bench);

// A line where `threads` threads do less than 0.8 times as much together as so many times one,
// or times the cores where they are fewer: then ratios of programs say little. "" where all is
// well.
std::string WarnOfOthers(double flops_of_one, double flops, int threads, int cores);

// The value of the first line "<key> : value" or "<key>=value" of a text, without quotes; "" where
// there is none. For /proc/cpuinfo and /etc/os-release.
std::string ValueOf(const std::string& text, const std::string& key);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_MACHINE_H_
