// The planner: which values of a graph to keep so that its memory stays within a
// budget of bytes at the least recomputation.
//
//   Allocator dry(Allocator::Kind::kDry);
//   MyModel model({.allocator = &dry});
//   const DryGraph graph = {.allocator = dry, .record = [&](Recording& recording) {
//     return std::vector<Variable>{model.Loss(recording, ...)};
//   }};
//   absl::StatusOr<Plan> plan = PlanBudget(graph, 12 << 20);
//   if (!plan.ok()) return plan.status();           // names the smallest budget
//   const PlanPolicy policy(*std::move(plan));
//   Recording recording({.policy = &policy});       // any number of steps
//
// What a plan costs is counted by running it dry, forward and backward, with the
// executor that also runs it with numbers: promised and measured bytes are equal.
//
// Sources: the chain cut into segments is Chen et al., "Training Deep Nets with
// Sublinear Memory Cost", 2016; ranking by bytes over the cost of making them again
// is the heuristic of Kirisame et al., "Dynamic Tensor Rematerialization", 2021,
// here decided ahead; docs/checkpointing.md compares them and others.
#ifndef HAIRPIN_AUTOGRAD_PLANNER_H_
#define HAIRPIN_AUTOGRAD_PLANNER_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "autograd/policy.h"
#include "autograd/recording.h"
#include "tensor/storage.h"

namespace hairpin {

// A step that can be recorded without numbers, as often as the planner likes.
struct DryGraph {
  // Of kind kDry; what `record` takes comes from it.
  Allocator& allocator;
  // Records one forward. The first `num_roots` are what backward starts from; all
  // of them stay alive until it has ended.
  std::function<std::vector<Variable>(Recording&)> record;
  int num_roots = 1;
  // As in training: what draws are a function of does not matter here.
  RecordingOptions options = {};
};

// What a policy makes of a graph.
struct PolicyCost {
  // Largest bytes of activations and workspace together, forward and backward.
  int64_t peak = 0;
  // Bytes of activations when backward begins.
  int64_t kept = 0;
  int64_t replays = 0;
  int64_t replay_flops = 0;
};

// Runs the graph dry under the policy.
PolicyCost MeasurePolicy(const DryGraph& graph, const SavedPolicy& policy);

// The fates of all values of a graph.
struct Plan {
  // fates[first[node] + output].
  std::vector<Fate> fates;
  std::vector<int32_t> first;
  PolicyCost cost;
};

// Fates by node and output, for recordings of the graph that was planned. For any
// other recording it is some policy: other bytes, the same bits.
class PlanPolicy final : public SavedPolicy {
 public:
  explicit PlanPolicy(Plan plan, const char* name = "budget")
      : plan_(std::move(plan)), name_(name) {}
  const char* name() const override { return name_; }
  Fate Decide(const ReleasedValue& value) const override;
  const PolicyCost& cost() const { return plan_.cost; }

 private:
  Plan plan_;
  const char* name_;
};

// The plan of least recomputation that was found whose peak is at most `budget`
// bytes. RESOURCE_EXHAUSTED, naming the smallest peak that was found, where there is
// none. The same graph and budget give the same plan. Takes some hundred dry runs.
absl::StatusOr<Plan> PlanBudget(const DryGraph& graph, int64_t budget);

// The smallest peak that the planner finds: budgets from this on have a plan.
int64_t LeastBudget(const DryGraph& graph);

// For a chain in which nobody marked regions: cut at its narrow places into about
// the square root of their number of segments, of which only the inputs are kept.
Plan PlanSegments(const DryGraph& graph);

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_PLANNER_H_
