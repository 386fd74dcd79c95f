#include "tools/peers/hairpin_tasks.h"

#include "ops/kernels/machine_peak.h"
#include "ops/kernels/target.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

nlohmann::ordered_json Machine(double seconds) {
  const MachinePeak one = MeasureMultiplyAdds(1, seconds);
  const MachinePeak all = MeasureMachinePeak(NumThreads(), seconds);
  return {{"target", KernelTargetName()},
          {"cores", NumCores()},
          {"flops_of_one", one.float32_flops},
          {"flops", all.float32_flops},
          {"read_bytes", all.read_bytes},
          {"write_bytes", all.write_bytes}};
}

}  // namespace

absl::StatusOr<nlohmann::ordered_json> RunTask(const nlohmann::json& task) {
  SetNumThreads(task["threads"]);
  if (task["task"] == "model") return RunModelTask(task);
  if (task["task"] == "machine") return Machine(task["seconds"]);
  return RunTextTask(task);
}

}  // namespace hairpin
