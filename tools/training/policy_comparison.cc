#include "tools/training/policy_comparison.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/training/checkpointing.h"
#include "tools/training/dry_step.h"
#include "tools/training/step_measurement.h"
#include "tools/training/svg.h"
#include "tools/training/text_table.h"

namespace hairpin {
namespace {

constexpr double kMb = 1 << 20;
constexpr int kSteps = 3;  // of a round

double Mb(int64_t bytes) { return static_cast<double>(bytes) / kMb; }

double MicroBatchSeconds(const StepMeasurement& measured) {
  for (const Profile::Row& row : measured.rows) {
    if (row.name == "micro-batch") return row.total_seconds / static_cast<double>(row.runs);
  }
  return 0;
}

bool Measured(const std::vector<PolicyRow>& rows) { return rows.front().seconds > 0; }

// What a row costs beside "none": time if measured, else FLOPs of a micro-batch, of
// which forward is a third.
double Extra(const PolicyRow& row, const PolicyRow& none) {
  return Measured({none}) ? row.seconds / none.seconds - 1 : row.replayed_share / 3;
}

}  // namespace

absl::StatusOr<std::vector<PolicyRow>> ComparePolicies(const TrainMlmSettings& settings,
                                                       const MiniBertConfig& config, int rounds) {
  std::vector<std::string> names = {"none", "cheap", "segments", "segments:auto"};
  for (const int percent : {90, 80, 70, 60, 50, 40}) {
    names.push_back(absl::StrCat("budget:", percent, "%"));
  }
  {
    DryStep dry(settings, config);
    names.push_back(absl::StrCat("budget:", LeastBudget(dry.graph()), "B"));
  }
  std::vector<PolicyRow> rows;
  std::vector<Checkpointing> plans;
  for (const std::string& name : names) {
    absl::StatusOr<Checkpointing> plan = PlanCheckpointing(name, settings, config);
    // A budget in per cent that is below the least: the last row tells.
    if (!plan.ok()) continue;
    rows.push_back({.policy = name,
                    .cost = plan->cost(),
                    .replayed_share = plan->replayed_share()});
    plans.push_back(*std::move(plan));
  }
  std::vector<std::vector<double>> seconds(rows.size());
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto measured = MeasureSteps(settings, config, kSteps, plans[i].policy());
      if (!measured.ok()) return measured.status();
      seconds[i].push_back(MicroBatchSeconds(*measured));
    }
  }
  for (size_t i = 0; i < rows.size() && rounds > 0; ++i) {
    std::sort(seconds[i].begin(), seconds[i].end());
    rows[i].seconds = seconds[i][seconds[i].size() / 2];
  }
  return rows;
}

std::string PoliciesText(const std::vector<PolicyRow>& rows) {
  std::vector<std::string> header = {"--checkpointing", ">peak MB",   ">of none",
                                     ">kept MB",        ">run again", ">of a forward"};
  if (Measured(rows)) header.insert(header.end(), {">ms", ">of none"});
  TextTable table(std::move(header));
  for (const PolicyRow& row : rows) {
    std::vector<std::string> cells = {
        row.policy, absl::StrFormat("%.2f", Mb(row.cost.peak)),
        absl::StrFormat("%.0f %%", 100.0 * static_cast<double>(row.cost.peak) /
                                       static_cast<double>(rows.front().cost.peak)),
        absl::StrFormat("%.2f", Mb(row.cost.kept)), WithCommas(row.cost.replays),
        absl::StrFormat("%.1f %%", 100 * row.replayed_share)};
    if (Measured(rows)) {
      cells.push_back(absl::StrFormat("%.1f", 1e3 * row.seconds));
      cells.push_back(absl::StrFormat("%.0f %%", 100 * row.seconds / rows.front().seconds));
    }
    table.Add(std::move(cells));
  }
  return absl::StrCat(
      "one micro-batch: peak of activations and workspace, kept when backward begins,\n"
      "operations that run again and their FLOPs as a share of a forward's\n\n",
      table.Text(), "MB are 2^20 bytes",
      Measured(rows) ? "; ms are medians, the policies taken in turns\n" : "\n");
}

nlohmann::ordered_json PoliciesJson(const std::vector<PolicyRow>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const PolicyRow& row : rows) {
    nlohmann::ordered_json json = {{"checkpointing", row.policy},
                                   {"peak", row.cost.peak},
                                   {"kept", row.cost.kept},
                                   {"replays", row.cost.replays},
                                   {"replay_flops", row.cost.replay_flops},
                                   {"replayed_share", row.replayed_share}};
    if (Measured(rows)) json["milliseconds"] = 1e3 * row.seconds;
    list.push_back(std::move(json));
  }
  return {{"policies", std::move(list)}};
}

std::string DrawPolicies(const std::vector<PolicyRow>& rows) {
  constexpr double kLeft = 70, kTop = 60, kWidth = 620, kHeight = 320;
  Svg svg(kLeft + kWidth + 130, kTop + kHeight + 70);
  const PolicyRow& none = rows.front();
  double most = 0.1;
  for (const PolicyRow& row : rows) most = std::max(most, Extra(row, none));
  const double most_mb = Mb(none.cost.peak);
  const auto x = [&](double extra) { return kLeft + kWidth * std::max(extra, 0.0) / (most * 1.05); };
  const auto y = [&](double mb) { return kTop + kHeight * (1 - mb / (most_mb * 1.05)); };

  svg.Text({kLeft, 28}, "Memory against work, by policy of checkpointing",
           {.size = 16, .bold = true});
  for (int tick = 0; tick <= 100; tick += 20) {
    const double mb = most_mb * tick / 100;
    svg.Line({kLeft, y(mb)}, {kLeft + kWidth, y(mb)}, "#ddd");
    svg.Text({kLeft - 8, y(mb) + 4}, absl::StrFormat("%.1f", mb), {.anchor = Svg::Anchor::kEnd});
  }
  for (double extra = 0; extra <= most * 1.05; extra += 0.05) {
    svg.Line({x(extra), kTop + kHeight}, {x(extra), kTop + kHeight + 5}, "#888");
    svg.Text({x(extra), kTop + kHeight + 20}, absl::StrFormat("+%.0f %%", 100 * extra),
             {.anchor = Svg::Anchor::kMiddle});
  }
  svg.Text({kLeft + kWidth / 2, kTop + kHeight + 48},
           Measured(rows) ? "time of a micro-batch, measured" : "FLOPs of a micro-batch",
           {.anchor = Svg::Anchor::kMiddle});
  svg.Text({18, kTop + kHeight / 2}, "peak of activations and workspace, MB",
           {.anchor = Svg::Anchor::kMiddle, .turned = -90});
  // The planner's curve, from "none" over the budgets.
  Svg::Point last = {x(0), y(most_mb)};
  for (const PolicyRow& row : rows) {
    const Svg::Point point = {x(Extra(row, none)), y(Mb(row.cost.peak))};
    const bool budget = row.policy.rfind("budget:", 0) == 0;
    if (budget) {
      svg.Line(last, point, "#4c78a8", 1.5);
      last = point;
    }
    svg.Rectangle({point.x - 4, point.y - 4, 8, 8}, budget ? "#4c78a8" : "#c8443d",
                  absl::StrFormat("%s: %.2f MB", row.policy, Mb(row.cost.peak)));
    // On two sides, for a policy often lies close to a budget.
    svg.Text({point.x + 8, budget ? point.y - 6 : point.y + 16}, row.policy);
  }
  return svg.Finish();
}

}  // namespace hairpin
