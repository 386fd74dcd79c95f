#include "tools/analysis/replay_times.h"

#include <chrono>

namespace hairpin {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

double ReplayTimes::seconds(int64_t node) const {
  if (node >= static_cast<int64_t>(seconds_.size()) || recordings_ == 0) return 0;
  return seconds_[node] / static_cast<double>(recordings_);
}

void ReplayTimes::Begin(const OperationRun& run) {
  if (run.phase == RunPhase::kForward) {
    // Numbers rise within a recording.
    if (run.node <= last_forward_) ++recordings_;
    last_forward_ = run.node;
  }
  if (run.phase == RunPhase::kReplay) begin_ = Now();
}

void ReplayTimes::End(const OperationRun& run) {
  if (run.phase != RunPhase::kReplay) return;
  const double seconds = Now() - begin_;
  if (run.node >= static_cast<int64_t>(seconds_.size())) seconds_.resize(run.node + 1);
  seconds_[run.node] += seconds;
}

}  // namespace hairpin
