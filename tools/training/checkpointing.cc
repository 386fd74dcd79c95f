#include "tools/training/checkpointing.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "tools/training/dry_step.h"

namespace hairpin {
namespace {

constexpr double kMib = 1 << 20;

struct Unit {
  const char* name;
  double bytes;
};
constexpr Unit kUnits[] = {{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}};

// What stands behind "budget:".
struct Budget {
  double bytes = 0;    // if above 0
  double percent = 0;  // of none's peak, if above 0
};

absl::StatusOr<Budget> ParseBudget(absl::string_view text) {
  const auto number = [&](absl::string_view digits) {
    double value = 0;
    return absl::SimpleAtod(digits, &value) && std::isfinite(value) && value > 0 &&
                   digits.find(' ') == absl::string_view::npos
               ? value
               : 0;
  };
  Budget budget;
  absl::string_view digits = text;
  if (absl::ConsumeSuffix(&digits, "%")) {
    budget.percent = number(digits);
  } else {
    for (const Unit& unit : kUnits) {
      if (!absl::ConsumeSuffix(&digits, unit.name)) continue;
      budget.bytes = number(digits) * unit.bytes;
      break;
    }
  }
  if (budget.percent > 0 || budget.bytes >= 1) return budget;
  return absl::InvalidArgumentError(
      absl::StrCat("--checkpointing: found a budget of '", std::string(text),
                   "', expected a number above 0 with B, KB, MB, GB or %, as 12MB or 50%"));
}

constexpr char kBudget[] = "budget:";

bool IsBudget(const std::string& text) { return text.rfind(kBudget, 0) == 0; }

int64_t ForwardFlops(const Recording& recording) {
  int64_t flops = 0;
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    flops += recording.node(i).cost.forward_flops;
  }
  return flops;
}

bool HasRegions(const Recording& recording) {
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    if (recording.node(i).region != 0) return true;
  }
  return false;
}

}  // namespace

absl::Status CheckCheckpointing(const std::string& text, const char* more) {
  if (IsBudget(text)) return ParseBudget(text.substr(sizeof(kBudget) - 1)).status();
  if (FixedPolicy(text) != nullptr || text == "segments:auto") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--checkpointing: found '", text,
      "', expected none, cheap, segments, segments:auto, budget:BYTES or budget:PERCENT", more));
}

const SavedPolicy* FixedPolicy(const std::string& text) {
  for (const SavedPolicy* policy : {&KeepAll(), &RecomputeCheap(), &RecomputeSegments()}) {
    if (text == policy->name()) return policy;
  }
  return nullptr;
}

absl::StatusOr<Checkpointing> PlanCheckpointing(const std::string& text,
                                                const TrainingSettings& settings,
                                                const TaskMaker& make_task) {
  if (absl::Status s = CheckCheckpointing(text); !s.ok()) return s;
  Checkpointing made;
  made.text_ = text;
  DryStep dry(settings, make_task);
  const DryGraph graph = dry.graph();
  made.none_ = MeasurePolicy(graph, KeepAll());
  dry.Forward();
  made.forward_flops_ = ForwardFlops(dry.recording());
  made.has_regions_ = HasRegions(dry.recording());
  if (const SavedPolicy* fixed = FixedPolicy(text); fixed != nullptr) {
    made.fixed_ = fixed;
    made.cost_ = MeasurePolicy(graph, *fixed);
    return made;
  }
  Plan plan;
  if (IsBudget(text)) {
    const Budget budget = *ParseBudget(text.substr(sizeof(kBudget) - 1));
    const double bytes = budget.percent > 0
                             ? static_cast<double>(made.none_.peak) * budget.percent / 100
                             : budget.bytes;
    // More than there is, is enough.
    absl::StatusOr<Plan> planned = PlanBudget(
        graph, bytes >= 1e18 ? int64_t{1'000'000'000'000'000'000} : static_cast<int64_t>(bytes));
    if (!planned.ok()) {
      return absl::Status(planned.status().code(),
                          absl::StrCat("--checkpointing: ", text, ": ",
                                       std::string(planned.status().message())));
    }
    plan = *std::move(planned);
  } else {
    plan = PlanSegments(graph);
  }
  made.cost_ = plan.cost;
  made.plan_ = std::make_shared<const PlanPolicy>(std::move(plan));
  return made;
}

std::string Checkpointing::Summary() const {
  if (&policy() == &RecomputeSegments() && !has_regions_) {
    return absl::StrFormat(
        "checkpointing %s: found no regions in the model, so nothing runs again and activations "
        "are %.1f MB at their peak, as of none; segments:auto needs no regions",
        text_, static_cast<double>(cost_.peak) / kMib);
  }
  return absl::StrFormat(
      "checkpointing %s: activations %.1f MB at their peak (none: %.1f), %.1f MB of them when "
      "backward begins; %d operations of a micro-batch run again, %.1f %% of a forward",
      text_, static_cast<double>(cost_.peak) / kMib, static_cast<double>(none_.peak) / kMib,
      static_cast<double>(cost_.kept) / kMib, cost_.replays, 100 * replayed_share());
}

CheckpointingReport Checkpointing::Report() const {
  CheckpointingReport report;
  report.set_policy(text_);
  report.set_peak_bytes(cost_.peak);
  report.set_peak_bytes_of_none(none_.peak);
  report.set_kept_bytes(cost_.kept);
  report.set_replays(cost_.replays);
  report.set_replay_flops(cost_.replay_flops);
  report.set_forward_flops(forward_flops_);
  return report;
}

}  // namespace hairpin
