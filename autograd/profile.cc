#include "autograd/profile.h"

#include <chrono>

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

double Now() {
  static const auto start = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Profile::Kind KindOf(RunPhase phase) {
  switch (phase) {
    case RunPhase::kForward: return Profile::Kind::kForward;
    case RunPhase::kReplay: return Profile::Kind::kReplay;
    case RunPhase::kBackward: return Profile::Kind::kBackward;
  }
  return Profile::Kind::kSpan;
}

}  // namespace

const char* Name(Profile::Kind kind) {
  switch (kind) {
    case Profile::Kind::kForward: return Name(RunPhase::kForward);
    case Profile::Kind::kReplay: return Name(RunPhase::kReplay);
    case Profile::Kind::kBackward: return Name(RunPhase::kBackward);
    case Profile::Kind::kSpan: return "span";
  }
  return "unknown";
}

void Profile::Push(const char* scope, const char* name, Kind kind, double flops) {
  const auto [place, inserted] =
      index_.try_emplace({scope, name, kind}, static_cast<int32_t>(rows_.size()));
  if (inserted) rows_.push_back({.scope = scope, .name = name, .kind = kind});
  // The clock last here and first in Pop: what the profile itself does is
  // nobody's own time but the surrounding span's.
  open_.push_back({place->second, 0, 0, flops});
  open_.back().begin = Now();
}

void Profile::Pop(int64_t node, int stage) {
  const double end = Now();
  HAIRPIN_CHECK(!open_.empty()) << "Profile: an operation or Span ends that never began";
  const Open open = open_.back();
  open_.pop_back();
  const double seconds = end - open.begin;
  Row& row = rows_[open.row];
  row.seconds += seconds - open.inside;
  row.total_seconds += seconds;
  row.flops += open.flops;
  if (!open_.empty()) open_.back().inside += seconds;
  if (!options_.events) return;
  Event event = {.row = open.row,
                 .node = static_cast<int32_t>(node),
                 .stage = stage,
                 .begin = open.begin,
                 .seconds = seconds,
                 .flops = open.flops};
  for (const Purpose purpose : kAllPurposes) {
    event.live[static_cast<int>(purpose)] = options_.allocator->account().live(purpose);
  }
  events_.push_back(event);
}

void Profile::Begin(const OperationRun& run) {
  const Cost cost = run.recording.node(run.node).cost;
  double flops = static_cast<double>(cost.forward_flops);
  bool another_stage = false;
  if (run.phase == RunPhase::kBackward) {
    another_stage = last_recording_ == &run.recording && last_node_ == run.node;
    last_recording_ = &run.recording;
    last_node_ = run.node;
    flops = another_stage ? 0 : static_cast<double>(cost.backward_flops);
  } else if (run.phase == RunPhase::kForward) {
    last_node_ = -1;
  }
  Push(run.scope, run.op.name(), KindOf(run.phase), flops);
  if (!another_stage) ++rows_[open_.back().row].runs;
}

void Profile::End(const OperationRun& run) { Pop(run.node, run.stage); }

double Profile::operation_seconds() const {
  double seconds = 0;
  for (const Row& row : rows_) {
    if (row.kind != Kind::kSpan) seconds += row.seconds;
  }
  return seconds;
}

void Profile::Clear() {
  HAIRPIN_CHECK(open_.empty()) << "Profile::Clear inside a Span";
  rows_.clear();
  index_.clear();
  events_.clear();
  last_node_ = -1;
}

}  // namespace hairpin
