#include "tools/peers/machine.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "tensor/file.h"
#include "tools/peers/process.h"

namespace hairpin {
namespace {

// Of what all cores can do together, where nothing else runs.
constexpr double kLeastOfPeak = 0.8;

// Of a file that says nothing of its size, as those of /proc.
std::string Contents(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Versions(const Peers& peers) {
  std::string text = absl::StrCat("Hairpin compiled by GCC ", __VERSION__);
  const auto add = [&](const char* name, const std::string& version) {
    if (!version.empty()) absl::StrAppend(&text, ", ", name, " ", version);
  };
  add("Python", peers.python_version);
  add("PyTorch", peers.torch);
  add("NumPy", peers.numpy);
  add("tokenizers", peers.tokenizers);
  return text;
}

}  // namespace

std::string ValueOf(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t separator = line.find_first_of(":=");
    if (separator == std::string::npos) continue;
    const size_t end = line.find_last_not_of(" \t", separator - 1);
    if (separator == 0 || line.compare(0, end + 1, key) != 0) continue;
    const size_t first = line.find_first_not_of(" \t\"", separator + 1);
    const size_t last = line.find_last_not_of(" \t\"");
    return first == std::string::npos || last < first ? "" : line.substr(first, last - first + 1);
  }
  return "";
}

std::string WarnOfOthers(double flops_of_one, double flops, int threads, int cores) {
  const int workers = std::min(threads, cores);
  const double gain = flops / flops_of_one;
  if (gain >= kLeastOfPeak * workers) return "";
  return absl::StrFormat(
      "%d threads do %.2f times what one does, expected about %d: something else runs, or threads "
      "share a core; do not quote these ratios",
      threads, gain, workers);
}

absl::StatusOr<MachineDescription> DescribeMachine(const Peers& peers, int threads,
                                                   double seconds, const Bench& bench) {
  const std::string task = bench.Path("machine.json");
  const nlohmann::json question = {{"task", "machine"}, {"threads", threads},
                                   {"seconds", seconds}};
  if (absl::Status s = WriteFileAtomically(task, question.dump()); !s.ok()) return s;
  const absl::StatusOr<ProcessResult> result = RunProcess({peers.hairpin, task});
  if (!result.ok()) return result.status();
  const auto machine = nlohmann::json::parse(result->standard_output, nullptr, false);
  const auto number = [&](const char* key) {
    return machine.is_object() && machine.contains(key) && machine[key].is_number()
               ? machine[key].get<double>()
               : 0;
  };
  for (const char* const key : {"cores", "flops_of_one", "flops", "read_bytes", "write_bytes"}) {
    if (number(key) > 0) continue;
    return absl::InternalError(absl::StrCat(peers.hairpin, ": found '", result->standard_output,
                                            "', expected a positive number ", key));
  }
  std::string cpu = ValueOf(Contents("/proc/cpuinfo"), "model name");
  if (cpu.empty()) cpu = "a CPU without a name";
  const std::string system = ValueOf(Contents("/etc/os-release"), "PRETTY_NAME");
  const auto giga = [&](const char* key) { return absl::StrFormat("%.1f", number(key) * 1e-9); };
  const int cores = static_cast<int>(number("cores"));
  const std::string all = threads == 1 ? "" : absl::StrCat(", ", giga("flops"), " on ", threads);
  MachineDescription description;
  description.lines = {
      absl::StrCat(cpu, ", ", cores, cores == 1 ? " core, " : " cores, ",
                   machine.value("target", "?"), system.empty() ? "" : ", ", system),
      absl::StrCat("multiply-adds: ", giga("flops_of_one"), " GFLOP/s on 1 thread", all,
                   "; memory: ", giga("read_bytes"), " GB/s read, ", giga("write_bytes"),
                   " written"),
      Versions(peers)};
  std::string warning = WarnOfOthers(number("flops_of_one"), number("flops"), threads, cores);
  if (!warning.empty()) description.warnings.push_back(std::move(warning));
  return description;
}

}  // namespace hairpin
