#include "tools/training/run_contents.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/checkpoint.h"
#include "nn/state_dict.h"
#include "tensor/file.h"
#include "tools/training/run.pb.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

std::string DigestOf(const std::string& checkpoint) {
  nn::StateDigest digest;
  const absl::Status read = nn::VisitCheckpoint(
      checkpoint, [&](const nn::StateEntry& entry) { digest.Add(entry); });
  return read.ok() ? digest.Hex() : std::string(read.message());
}

std::string WithoutTimes(const std::string& metrics) {
  static const std::regex times(
      ",\"([a-z]*_per_second|ms_per_micro_batch|rss_mb|seconds)\":[^,}]*");
  return std::regex_replace(metrics, times, "");
}

// Of a checkpoint of the run all but tensors and times.
std::string PositionIn(const std::string& run, const std::string& checkpoint) {
  absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpointMetadata(checkpoint);
  if (!metadata.ok()) return std::string(metadata.status().message());
  TrainingState state;
  if (!state.ParseFromString(metadata->state())) return "cannot be parsed";
  state.clear_compute_seconds();
  state.clear_logged_seconds();
  state.clear_seconds();
  const std::string lines = ReadFile(run + "/metrics.jsonl")
                                .value_or("")
                                .substr(0, static_cast<size_t>(state.metrics_bytes()));
  const size_t bytes_of_times = lines.size() - WithoutTimes(lines).size();
  state.set_metrics_bytes(state.metrics_bytes() - static_cast<int64_t>(bytes_of_times));
  metadata->set_state(state.SerializeAsString());
  return metadata->SerializeAsString();
}

}  // namespace

std::map<std::string, std::string> RunContents(const std::string& run) {
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
    if (name == "metrics.jsonl") text = WithoutTimes(text);
    if (name == "run.textproto") text = std::regex_replace(text, run_times, "");
  }
  const auto whole = std::erase_if(contents, [](const auto& file) {
    return file.first.starts_with("checkpoints/step-") && fs::path(file.first).extension().empty();
  });
  contents["the number of checkpoints"] = std::to_string(whole);
  char name[32];
  std::snprintf(name, sizeof(name), "checkpoints/step-%06d", NewestCheckpoint(run));
  const std::string newest = name, path = run + "/" + newest;
  contents[newest] = DigestOf(path);
  contents[newest + ", all but tensors"] = PositionIn(run, path);
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
