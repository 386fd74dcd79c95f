#include "autograd/planner.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "autograd/plan_graph.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

// Runs a graph dry under policies, in one recording.
class Meter {
 public:
  explicit Meter(const DryGraph& graph) : graph_(graph), recording_(Options(KeepAll())) {
    HAIRPIN_CHECK(graph.allocator.dry()) << "planner: the allocator must be a dry one";
  }

  PolicyCost Measure(const SavedPolicy& policy) {
    recording_.Reset(Options(policy));
    Account& account = graph_.allocator.account();
    account.ResetPeaks();
    const int64_t before = account.peak_recording();
    PolicyCost cost;
    {
      const std::vector<Variable> alive = graph_.record(recording_);
      cost.kept = account.live(Purpose::kActivation) + account.live(Purpose::kWorkspace) - before;
      Backward(absl::MakeConstSpan(alive).first(graph_.num_roots));
    }
    cost.peak = account.peak_recording() - before;
    cost.replays = recording_.num_replays();
    cost.replay_flops = recording_.replay_flops();
    return cost;
  }

  // The graph of one forward, with everything kept.
  PlanGraph Look() {
    recording_.Reset(Options(KeepAll()));
    const std::vector<Variable> alive = graph_.record(recording_);
    return PlanGraph(recording_);
  }

 private:
  RecordingOptions Options(const SavedPolicy& policy) const {
    RecordingOptions options = graph_.options;
    options.allocator = &graph_.allocator;
    options.policy = &policy;
    options.observer = nullptr;
    return options;
  }

  void Backward(absl::Span<const Variable> roots) {
    std::vector<Tensor> seeds;
    for (const Variable& root : roots) {
      seeds.push_back(Tensor::Empty(root.spec(), Purpose::kActivation, graph_.allocator));
    }
    recording_.Backward(roots, seeds);
  }

  const DryGraph& graph_;
  Recording recording_;
};

// Tries sets of kept nodes and remembers the best.
class Search {
 public:
  Search(const DryGraph& graph, int64_t budget) : meter_(graph), graph_(meter_.Look()), budget_(budget) {
    // Gradients of parameters are there from the second run on.
    Try(graph_.All());
    tried_.clear();
    best_cost_ = {.peak = INT64_MAX};
    Try(graph_.All());
    // Some seconds for the largest graphs, all subsets for the smallest.
    evaluations_left_ = std::clamp(200'000 / std::max(1, graph_.num_nodes()), 150, 4000);
  }

  Plan Run() {
    if (Over(best_cost_) > 0) {
      DropCheapest();
      Cut();
      while (Refine()) {
      }
    }
    Plan plan = graph_.Fates(best_);
    plan.cost = best_cost_;
    return plan;
  }

 private:
  int64_t Over(const PolicyCost& cost) const { return std::max<int64_t>(0, cost.peak - budget_); }

  // Over the budget by fewer bytes; then less to do again; then fewer bytes.
  auto Rank(const PolicyCost& cost) const {
    return std::make_tuple(Over(cost), cost.replay_flops, cost.peak);
  }

  // Whether it is better than all before; it is the best then.
  bool Try(const PlanGraph::Kept& kept, PolicyCost* result = nullptr) {
    if (result == nullptr && !tried_.insert(kept).second) return false;
    --evaluations_left_;
    const PlanPolicy policy(graph_.Fates(kept));
    const PolicyCost cost = meter_.Measure(policy);
    if (result != nullptr) *result = cost;
    if (Rank(cost) >= Rank(best_cost_)) return false;
    best_ = kept;
    best_cost_ = cost;
    return true;
  }

  bool Fits(const PlanGraph::Kept& kept) {
    PolicyCost cost;
    Try(kept, &cost);
    return Over(cost) == 0;
  }

  static PlanGraph::Kept With(PlanGraph::Kept kept, absl::Span<const int> nodes, bool value) {
    for (const int node : nodes) kept[node] = value;
    return kept;
  }

  // The fewest of the cheapest values that must go. Coarsely, then by halving: the
  // peak falls at first and rises when too much is made again at once.
  void DropCheapest() {
    const std::vector<int> order = graph_.DropOrder();
    const auto drop = [&](size_t n) {
      return With(graph_.All(), absl::MakeConstSpan(order).first(n), false);
    };
    constexpr size_t kSteps = 16;
    size_t below = 0, above = 0;
    for (size_t i = 1; i <= kSteps; ++i) {
      const size_t n = order.size() * i / kSteps;
      if (above == 0 && Fits(drop(n))) above = n;
      if (above == 0) below = n;
    }
    while (above > below + 1) {
      const size_t middle = (below + above) / 2;
      (Fits(drop(middle)) ? above : below) = middle;
    }
  }

  // Segments: one cut, two, ... about half as many more each time.
  void Cut() {
    const int most = static_cast<int>(graph_.joints().size());
    for (int cuts = 0; cuts <= most; cuts = std::max(cuts + 1, cuts * 3 / 2)) {
      Try(graph_.CutAt(cuts));
    }
  }

  // Single changes to the best; what costs most to make again is kept first.
  // Returns whether there was a better one.
  bool Refine() {
    std::vector<int> order = graph_.DropOrder();
    std::reverse(order.begin(), order.end());
    const PolicyCost before = best_cost_;
    KeepMore(order);
    for (size_t i = 0; i < order.size() && evaluations_left_ > 0; ++i) {
      Try(With(best_, {order[i]}, !best_[order[i]]));
    }
    if (order.size() <= kSwapped) {
      for (const int a : order) {
        for (const int b : order) {
          if (evaluations_left_ <= 0) return false;
          if (best_[a] && !best_[b]) Try(With(With(best_, {a}, false), {b}, true));
        }
      }
    }
    return Rank(best_cost_) < Rank(before) && evaluations_left_ > 0;
  }

  // As many as fit, by halving.
  void KeepMore(const std::vector<int>& order) {
    if (Over(best_cost_) > 0) return;
    std::vector<int> dropped;
    for (const int node : order) {
      if (!best_[node]) dropped.push_back(node);
    }
    const PlanGraph::Kept start = best_;
    size_t fits = 0, too_many = dropped.size() + 1;
    while (too_many > fits + 1) {
      const size_t middle = (fits + too_many) / 2;
      const auto more = absl::MakeConstSpan(dropped).first(middle);
      (Fits(With(start, more, true)) ? fits : too_many) = middle;
    }
  }

  static constexpr size_t kSwapped = 64;

  Meter meter_;
  const PlanGraph graph_;
  const int64_t budget_;
  int64_t evaluations_left_ = 0;
  std::set<PlanGraph::Kept> tried_;
  PlanGraph::Kept best_;
  PolicyCost best_cost_ = {.peak = INT64_MAX};
};

}  // namespace

PolicyCost MeasurePolicy(const DryGraph& graph, const SavedPolicy& policy) {
  Meter meter(graph);
  meter.Measure(policy);  // makes the gradients of parameters
  return meter.Measure(policy);
}

Fate PlanPolicy::Decide(const ReleasedValue& value) const {
  if (value.node >= static_cast<int64_t>(plan_.first.size())) return Fate::kKeep;
  const size_t i = plan_.first[value.node] + static_cast<size_t>(value.output);
  return i < plan_.fates.size() ? plan_.fates[i] : Fate::kKeep;
}

absl::StatusOr<Plan> PlanBudget(const DryGraph& graph, int64_t budget) {
  Plan plan = Search(graph, budget).Run();
  if (plan.cost.peak <= budget) return plan;
  // The least that there is.
  const int64_t least = std::min(plan.cost.peak, Search(graph, 0).Run().cost.peak);
  return absl::ResourceExhaustedError(absl::StrCat(
      "found a budget of ", budget, " bytes for activations, expected at least ", least));
}

Plan PlanSegments(const DryGraph& graph) {
  Meter meter(graph);
  const PlanGraph look = meter.Look();
  const int segments = static_cast<int>(std::lround(std::sqrt(look.joints().size() + 1.0)));
  Plan plan = look.Fates(look.CutAt(std::max(0, segments - 1)));
  meter.Measure(PlanPolicy(plan));
  plan.cost = meter.Measure(PlanPolicy(plan));
  return plan;
}

}  // namespace hairpin
