// What each policy of checkpointing makes of a training: a table and a picture of
// memory against work.
//
//   absl::StatusOr<std::vector<PolicyRow>> rows = ComparePolicies(settings, config, 0);
//   std::fputs(PoliciesText(*rows).c_str(), stdout);
#ifndef HAIRPIN_TOOLS_ANALYSIS_POLICY_COMPARISON_H_
#define HAIRPIN_TOOLS_ANALYSIS_POLICY_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "autograd/planner.h"
#include "models/mini_bert/mini_bert.h"
#include "nlohmann/json.hpp"
#include "tools/training/run.pb.h"

namespace hairpin {

struct PolicyRow {
  std::string policy;  // as --checkpointing takes it
  PolicyCost cost;
  double replayed_share = 0;  // of a forward's FLOPs
  double seconds = 0;         // of a micro-batch, median; 0 if not measured
};

// "none", "cheap", "segments", "segments:auto" and budgets down to the least that
// the planner finds, in this order. With `rounds` above 0 each is also run: the
// policies in turns, `rounds` times a few steps.
absl::StatusOr<std::vector<PolicyRow>> ComparePolicies(const TrainMlmSettings& settings,
                                                       const MiniBertConfig& config, int rounds);

std::string PoliciesText(const std::vector<PolicyRow>& rows);
nlohmann::ordered_json PoliciesJson(const std::vector<PolicyRow>& rows);
// Each policy a point: peak of activations and workspace against time, or, where
// that was not measured, against FLOPs.
std::string DrawPolicies(const std::vector<PolicyRow>& rows);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_POLICY_COMPARISON_H_
