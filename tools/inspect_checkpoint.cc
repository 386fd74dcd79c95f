// Shows what is in a checkpoint: `bazel run //tools:inspect_checkpoint -- --help`.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/mini_bert/mini_bert.h"
#include "nn/checkpoint.h"
#include "nn/state_difference.h"
#include "tools/analysis/tensor_summary.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Shows a checkpoint: config, step, and every tensor with shape, mean, deviation, smallest and\n"
    "largest value. Of two checkpoints, what differs between their tensors: exit code 0 if\n"
    "nothing does, 1 if something does. Examples:\n"
    "  inspect_checkpoint runs/novels/checkpoints/step-004000\n"
    "  inspect_checkpoint runs/a/checkpoints/step-000500 runs/b/checkpoints/step-000500\n"
    "  inspect_checkpoint --verify runs/novels/checkpoints/step-004000\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "digest", "false",
     "print as the last line a SHA-256 over names, shapes and bits of all tensors"},
    {"Flags", "verify", "false",
     "read every byte, check every CRC, and say only whether it is good"},
};

void PrintTensor(const nn::StateEntry& entry) {
  const TensorSummary summary = Summarize(entry.tensor);
  const std::string not_finite =
      summary.not_finite == 0
          ? ""
          : absl::StrCat("  and ", summary.not_finite, " of ",
                         entry.tensor.shape().num_elements(), " not finite");
  std::printf("%-10s %-44s %-14s %12.4e %12.4e %12.4e %12.4e%s\n", entry.kind.c_str(),
              entry.name.c_str(), entry.tensor.shape().ToString().c_str(), summary.mean,
              summary.deviation, summary.least, summary.most, not_finite.c_str());
}

absl::Status Verify(const std::string& path) {
  int64_t records = 0;
  const auto metadata = nn::VerifyCheckpoint(path, &records);
  if (!metadata.ok()) return metadata.status();
  std::printf("%s: good, %lld records, step %lld\n", path.c_str(), static_cast<long long>(records),
              static_cast<long long>(metadata->step()));
  return absl::OkStatus();
}

absl::Status Compare(const std::string& a, const std::string& b, bool* differ) {
  std::string head;
  for (const std::string& path : {a, b}) {
    const auto metadata = nn::ReadCheckpointMetadata(path);
    if (!metadata.ok()) return metadata.status();
    absl::StrAppend(&head, path, ": step ", metadata->step(), "\n");
  }
  // Printed when both files have proved good.
  const auto print = [&](const std::string& line) {
    std::printf("%s%s\n", std::exchange(head, "").c_str(), line.c_str());
  };
  const absl::StatusOr<int64_t> tensors = nn::CompareCheckpoints(
      a, b, [&](const nn::StateDifference& difference) { print(nn::Describe(difference)); });
  if (!tensors.ok()) return tensors.status();
  *differ = *tensors > 0;
  print(!*differ        ? "equal"
        : *tensors == 1 ? "1 tensor differs"
                        : absl::StrCat(*tensors, " tensors differ"));
  return absl::OkStatus();
}

absl::Status Show(const std::string& path, bool print_digest) {
  const auto metadata = nn::VerifyCheckpoint(path);
  if (!metadata.ok()) return metadata.status();
  std::printf("%s\nstep %lld, config %s\n", path.c_str(),
              static_cast<long long>(metadata->step()), metadata->config_type().c_str());
  if (const auto config = nn::UnpackConfig<MiniBertConfig>(*metadata); config.ok()) {
    std::printf("%s\n", config->ShortDebugString().c_str());
  }
  std::printf("%-10s %-44s %-14s %12s %12s %12s %12s\n", "kind", "name", "shape", "mean",
              "deviation", "smallest", "largest");
  int64_t parameters = 0, tensors = 0;
  nn::StateDigest digest;
  const absl::Status visited = nn::VisitCheckpoint(path, [&](const nn::StateEntry& entry) {
    PrintTensor(entry);
    digest.Add(entry);
    ++tensors;
    if (entry.kind == nn::kParameterKind) parameters += entry.tensor.num_elements();
  });
  if (!visited.ok()) return visited;
  std::printf("%lld parameters, %lld tensors\n", static_cast<long long>(parameters),
              static_cast<long long>(tensors));
  if (print_digest) std::printf("%s\n", digest.Hex().c_str());
  return absl::OkStatus();
}

absl::Status Inspect(const InspectCheckpointFlags& flags, const std::vector<std::string>& files,
                     bool* differ) {
  if (flags.digest() && flags.verify()) {
    return absl::InvalidArgumentError("--digest: found with --verify, expected one of both");
  }
  const bool one_file = flags.digest() || flags.verify();
  if (files.empty() || files.size() > (one_file ? 1 : 2)) {
    return absl::InvalidArgumentError(
        absl::StrCat(one_file ? flags.verify() ? "--verify: " : "--digest: " : "", "found ",
                     files.size(), " files, expected one checkpoint",
                     one_file ? "" : " to show or two to compare"));
  }
  if (files.size() == 2) return Compare(UserPath(files[0]), UserPath(files[1]), differ);
  if (flags.verify()) return Verify(UserPath(files[0]));
  return Show(UserPath(files[0]), flags.digest());
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::InspectCheckpointFlags flags;
  bool differ = false;
  const int code = hairpin::RunProgram(
      "inspect_checkpoint", hairpin::kUsage, hairpin::kFlags, argc, argv, &flags,
      [&](const std::vector<std::string>& files) {
        hairpin::SetDefaults(hairpin::kFlags, &flags);
        return hairpin::Inspect(flags, files, &differ);
      });
  return differ ? 1 : code;
}
