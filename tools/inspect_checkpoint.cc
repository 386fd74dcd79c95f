// Shows what is in a checkpoint: `bazel run //tools:inspect_checkpoint -- --help`.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/mini_bert/mini_bert.h"
#include "nn/checkpoint.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Shows a checkpoint: config, step, and every tensor with shape, mean, deviation, smallest and\n"
    "largest value. Example:\n"
    "  inspect_checkpoint runs/novels/checkpoints/step-004000\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "digest", "false",
     "print as the last line a SHA-256 over names, shapes and bits of all tensors"},
};

void PrintTensor(const nn::StateEntry& entry) {
  const std::vector<double> values = entry.tensor.ToDoubles();
  double sum = 0, squares = 0;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const double value : values) {
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  const double n = static_cast<double>(values.size());
  const double mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  std::printf("%-10s %-44s %-14s %12.4e %12.4e %12.4e %12.4e\n", entry.kind.c_str(),
              entry.name.c_str(), entry.tensor.shape().ToString().c_str(), mean,
              std::sqrt(squares / n), least, most);
}

absl::Status Inspect(const InspectCheckpointFlags& flags, const std::vector<std::string>& files) {
  if (files.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("found ", files.size(), " files, expected one checkpoint"));
  }
  const std::string path = UserPath(files[0]);
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
  if (flags.digest()) std::printf("%s\n", digest.Hex().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::InspectCheckpointFlags flags;
  return hairpin::RunProgram("inspect_checkpoint", hairpin::kUsage, hairpin::kFlags, argc, argv,
                             &flags, [&](const std::vector<std::string>& files) {
                               hairpin::SetDefaults(hairpin::kFlags, &flags);
                               return hairpin::Inspect(flags, files);
                             });
}
