#include "tools/analysis/svg_memory.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hairpin {
const char* ColourOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::kParameter: return "#4c78a8";
    case Purpose::kGradient: return "#f2a65a";
    case Purpose::kOptimizer: return "#7a98b8";
    case Purpose::kActivation: return "#59a257";
    case Purpose::kWorkspace: return "#c8443d";
  }
  return "#888";
}

const char* ColourOf(RunPhase phase) {
  switch (phase) {
    case RunPhase::kForward: return "#b9aee3";
    case RunPhase::kReplay: return "#e8d56b";
    case RunPhase::kBackward: return "#e2a9cb";
  }
  return "#888";
}

const char* TextOf(RunPhase phase) {
  return phase == RunPhase::kReplay ? "run again" : Name(phase);
}

MemoryPicture::MemoryPicture(const StepMemory& memory) : memory_(memory) {
  columns_.push_back({"", "ids", RunPhase::kForward, -1, 0, 0});
  const auto start = [&](const MemoryTimeline::Moment& moment, int64_t begin) {
    Column& last = columns_.back();
    if (last.node == moment.node && last.phase == moment.phase) return;
    last.end = begin;
    columns_.push_back({moment.scope, moment.name, moment.phase, moment.node, begin, 0});
  };
  std::vector<const MemoryTimeline::Moment*> open;  // the outermost first
  // Ends what ended by then; what it ran inside of goes on.
  const auto close = [&](int64_t begin) {
    while (!open.empty() && open.back()->end <= begin) {
      const int64_t end = open.back()->end;
      open.pop_back();
      if (!open.empty() && open.back()->end > end) start(*open.back(), end);
    }
  };
  for (const MemoryTimeline::Moment& moment : memory.moments) {
    close(moment.begin);
    // No column for the nothing before what runs inside, if there will be one after it.
    const Column& last = columns_.back();
    if (!open.empty() && last.node == open.back()->node && last.phase == open.back()->phase &&
        last.begin == moment.begin && open.back()->end > moment.end) {
      columns_.pop_back();
    }
    start(moment, moment.begin);
    open.push_back(&moment);
  }
  close(static_cast<int64_t>(memory.changes.size()));
  columns_.back().end = static_cast<int64_t>(memory.changes.size());
  column_width_ = ColumnWidth(static_cast<double>(columns_.size()));

  for (int p = 0; p < kNumPurposes; ++p) {
    strip_[p] = std::all_of(memory.changes.begin(), memory.changes.end(),
                            [&](const auto& bytes) { return bytes[p] == memory.initial[p]; });
  }
  for (const MemoryTimeline::Bytes& bytes : memory.changes) {
    most_ = std::max(most_, Stacked(bytes, kNumPurposes - 1));
  }

  std::map<std::pair<std::string, Purpose>, int64_t> sums;
  for (const MemoryTimeline::Block& block : memory.alive_at_peak) {
    std::string origin = "ids, rows, labels and the gradient of the loss";
    if (block.moment >= 0) {
      const MemoryTimeline::Moment& moment = memory.moments[block.moment];
      origin = absl::StrCat(moment.scope, moment.scope.empty() ? "" : " ", moment.name,
                            moment.phase == RunPhase::kForward ? "" : ", ",
                            moment.phase == RunPhase::kForward ? "" : TextOf(moment.phase));
    }
    sums[{origin, block.purpose}] += block.bytes;
  }
  for (const auto& [key, bytes] : sums) alive_.push_back({key.first, key.second, bytes});
  const auto there = [&](Purpose purpose, const char* what) {
    alive_.push_back({what, purpose, memory.initial[static_cast<int>(purpose)]});
  };
  there(Purpose::kParameter, "all parameters");
  there(Purpose::kGradient, "gradients of all parameters");
  there(Purpose::kOptimizer, "moments of all parameters");
  std::stable_sort(alive_.begin(), alive_.end(),
                   [](const Alive& a, const Alive& b) { return a.bytes > b.bytes; });
}

int64_t MemoryPicture::Stacked(const MemoryTimeline::Bytes& bytes, int purpose) const {
  int64_t sum = 0;
  for (int p = 0; p <= purpose; ++p) sum += strip_[p] ? 0 : bytes[p];
  return sum;
}

}  // namespace hairpin
