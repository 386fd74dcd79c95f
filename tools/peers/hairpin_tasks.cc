#include "tools/peers/hairpin_tasks.h"

#include "ops/kernels/machine_peak.h"
#include "ops/kernels/target.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

nlohmann::ordered_json Machine() {
  const int threads = NumThreads();
  const MachinePeak one = MeasureMachinePeak(1), all = MeasureMachinePeak(threads);
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
  if (task["task"] == "machine") return Machine();
  return RunTextTask(task);
}

}  // namespace hairpin
