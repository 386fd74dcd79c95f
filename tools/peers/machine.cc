#include "tools/peers/machine.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "tensor/file.h"
#include "tools/peers/process.h"

namespace hairpin {
namespace {

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

absl::StatusOr<std::vector<std::string>> DescribeMachine(const Peers& peers, int threads,
                                                         double seconds, const Bench& bench) {
  const std::string task = bench.Path("machine.json");
  const nlohmann::json question = {{"task", "machine"}, {"threads", threads},
                                   {"seconds", seconds}};
  if (absl::Status s = WriteFileAtomically(task, question.dump()); !s.ok()) return s;
  const absl::StatusOr<ProcessResult> result = RunProcess({peers.hairpin, task});
  if (!result.ok()) return result.status();
  const auto machine = nlohmann::json::parse(result->standard_output);
  std::string cpu = ValueOf(Contents("/proc/cpuinfo"), "model name");
  if (cpu.empty()) cpu = "a CPU without a name";
  const std::string system = ValueOf(Contents("/etc/os-release"), "PRETTY_NAME");
  const auto giga = [&](const char* key) {
    return absl::StrFormat("%.1f", machine[key].get<double>() * 1e-9);
  };
  const int cores = machine["cores"];
  const std::string all =
      threads == 1 ? "" : absl::StrCat(", ", giga("flops"), " on ", threads);
  return std::vector<std::string>{
      absl::StrCat(cpu, ", ", cores, cores == 1 ? " core, " : " cores, ",
                   machine["target"].get<std::string>(), system.empty() ? "" : ", ", system),
      absl::StrCat("multiply-adds: ", giga("flops_of_one"), " GFLOP/s on 1 thread", all,
                   "; memory: ", giga("read_bytes"), " GB/s read, ", giga("write_bytes"),
                   " written"),
      Versions(peers)};
}

}  // namespace hairpin
