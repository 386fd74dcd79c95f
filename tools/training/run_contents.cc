#include "tools/training/run_contents.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

#include "absl/status/status.h"
#include "nn/checkpoint.h"
#include "nn/state_dict.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

std::string DigestOf(const std::string& checkpoint) {
  nn::StateDigest digest;
  const absl::Status read = nn::VisitCheckpoint(
      checkpoint, [&](const nn::StateEntry& entry) { digest.Add(entry); });
  return read.ok() ? digest.Hex() : std::string(read.message());
}

}  // namespace

std::map<std::string, std::string> RunContents(const std::string& run) {
  static const std::regex metrics_times(
      ",\"([a-z]*_per_second|ms_per_micro_batch|rss_mb|seconds)\":[^,}]*");
  // And a flag that is meant for one process.
  static const std::regex run_times(
      " *replay_milliseconds: .*\n|# CRC-32C: .*\n| *ignore_data_change: .*\n|"
      "flags \\{\n *name: \"ignore_data_change\"\n *value: .*\n\\}\n");
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(run)) {
    if (entry.is_directory()) continue;
    const std::string path = entry.path().string(), name = path.substr(run.size() + 1);
    contents[name] = ReadFile(path).value_or("cannot be read");
  }
  for (auto& [name, text] : contents) {
    if (name == "metrics.jsonl") text = std::regex_replace(text, metrics_times, "");
    if (name == "run.textproto") text = std::regex_replace(text, run_times, "");
  }
  const auto whole = std::erase_if(contents, [](const auto& file) {
    return file.first.starts_with("checkpoints/step-") && fs::path(file.first).extension().empty();
  });
  contents["the number of checkpoints"] = std::to_string(whole);
  char newest[32];
  std::snprintf(newest, sizeof(newest), "checkpoints/step-%06d", NewestCheckpoint(run));
  contents[newest] = DigestOf(run + "/" + newest);
  return contents;
}

int NewestCheckpoint(const std::string& run) {
  int newest = 0;
  if (!fs::exists(run + "/checkpoints")) return 0;
  for (const auto& entry : fs::directory_iterator(run + "/checkpoints")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension().empty() && name.starts_with("step-")) {
      newest = std::max(newest, std::atoi(name.c_str() + 5));
    }
  }
  return newest;
}

std::string Difference(const std::map<std::string, std::string>& expected,
                       const std::map<std::string, std::string>& found) {
  std::string difference;
  for (const auto& [name, contents] : expected) {
    const auto other = found.find(name);
    if (other == found.end()) {
      difference += name + ": is missing\n";
    } else if (other->second != contents) {
      difference += name + ": is another one\n";
    }
  }
  for (const auto& [name, contents] : found) {
    if (expected.count(name) == 0) difference += name + ": was left behind\n";
  }
  return difference;
}

}  // namespace hairpin
