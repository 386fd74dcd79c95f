// --checkpointing: from a word to a policy for the recordings of a training.
//
//   absl::StatusOr<Checkpointing> made = PlanCheckpointing("budget:12MB", settings, make_task);
//   if (!made.ok()) return made.status();
//   Recording recording({.policy = made->policy()});
//
//   none              everything that backward reads is kept
//   cheap             cheap operations run again
//   segments          of each region (a layer of an encoder) only the input is kept
//   segments:auto     the same for segments that are chosen by the graph's shape
//   budget:12MB       the planner's choice for a peak of 12 MB (2^20 bytes; also B, KB, GB)
//   budget:50%        the same for half of none's peak
//
// None of them changes a bit of the result. docs/checkpointing.md.
#ifndef HAIRPIN_TOOLS_TRAINING_CHECKPOINTING_H_
#define HAIRPIN_TOOLS_TRAINING_CHECKPOINTING_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "autograd/planner.h"
#include "autograd/policy.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

// INVALID_ARGUMENT, naming the flag, found and expected, where `text` is none of the
// above. `more`, as " or all_policies", is what the caller also takes.
absl::Status CheckCheckpointing(const std::string& text, const char* more = "");

// The policy that is called `text`; null where `text` asks for a plan.
const SavedPolicy* FixedPolicy(const std::string& text);

class Checkpointing {
 public:
  // As it was asked for: "budget:12MB".
  const std::string& text() const { return text_; }
  const SavedPolicy& policy() const { return plan_ != nullptr ? *plan_ : *fixed_; }
  // Of one micro-batch, the largest that there can be.
  const PolicyCost& cost() const { return cost_; }
  const PolicyCost& cost_of_none() const { return none_; }
  // FLOPs of what runs again, as a share of one forward.
  double replayed_share() const {
    return static_cast<double>(cost_.replay_flops) / static_cast<double>(forward_flops_);
  }
  // "checkpointing cheap: activations 14.1 MB at their peak (none: 22.4), ..."; of segments where
  // the model marks no regions, that it has none.
  std::string Summary() const;
  CheckpointingReport Report() const;

 private:
  friend absl::StatusOr<Checkpointing> PlanCheckpointing(const std::string&,
                                                         const TrainingSettings&,
                                                         const TaskMaker&);
  std::string text_;
  const SavedPolicy* fixed_ = &KeepAll();
  std::shared_ptr<const PlanPolicy> plan_;  // null for policies that need no plan
  PolicyCost cost_, none_;
  int64_t forward_flops_ = 1;
  bool has_regions_ = false;
};

// Makes the policy by dry recordings: nothing is allocated. Of resolved settings. The
// errors of CheckCheckpointing, and RESOURCE_EXHAUSTED for a budget that can't be
// met, naming the smallest that can.
absl::StatusOr<Checkpointing> PlanCheckpointing(const std::string& text,
                                                const TrainingSettings& settings,
                                                const TaskMaker& make_task);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_CHECKPOINTING_H_
