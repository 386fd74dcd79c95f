#include "tools/analysis/checkpointing_parts.h"

#include <string>

namespace hairpin {
namespace {

using Parts = google::protobuf::RepeatedPtrField<CheckpointingPart>;

void Add(const std::string& name, const OperationRow& operation, const ReplayTimes* times,
         Parts* parts) {
  if (operation.kept_bytes + operation.dropped_bytes + operation.replays == 0) return;
  CheckpointingPart* part = nullptr;
  for (CheckpointingPart& other : *parts) {
    if (other.name() == name) part = &other;
  }
  if (part == nullptr) {
    part = parts->Add();
    part->set_name(name);
  }
  part->set_kept_bytes(part->kept_bytes() + operation.kept_bytes);
  part->set_dropped_bytes(part->dropped_bytes() + operation.dropped_bytes);
  part->set_replays(part->replays() + operation.replays);
  part->set_replay_flops(part->replay_flops() + operation.replay_flops);
  if (times == nullptr) return;
  part->set_replay_milliseconds(part->replay_milliseconds() +
                                1e3 * times->seconds(operation.node));
}

}  // namespace

void AddParts(const StepAnalysis& step, const ReplayTimes* times, CheckpointingReport* report) {
  report->clear_operations();
  report->clear_regions();
  report->clear_replay_milliseconds();
  for (const LayerRow& layer : step.layers) {
    for (const OperationRow& operation : layer.operations) {
      Add(operation.name, operation, times, report->mutable_operations());
      Add(operation.region.empty() ? layer.path : operation.region, operation, times,
          report->mutable_regions());
      if (times == nullptr) continue;
      report->set_replay_milliseconds(report->replay_milliseconds() +
                                      1e3 * times->seconds(operation.node));
    }
  }
}

}  // namespace hairpin
