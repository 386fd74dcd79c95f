#include "tools/analysis/policy_comparison.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/step_measurement.h"
#include "tools/analysis/text_table.h"
#include "tools/training/checkpointing.h"
#include "tools/training/mlm_dry_step.h"

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

}  // namespace

absl::StatusOr<std::vector<PolicyRow>> ComparePolicies(const TrainMlmSettings& settings,
                                                       const MiniBertConfig& config, int rounds) {
  std::vector<std::string> names = {"none", "cheap", "segments", "segments:auto"};
  for (const int percent : {90, 80, 70, 60, 50, 40}) {
    names.push_back(absl::StrCat("budget:", percent, "%"));
  }
  {
    MlmDryStep dry(settings, config);
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

}  // namespace hairpin
