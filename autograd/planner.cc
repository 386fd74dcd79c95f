#include "autograd/planner.h"

#include <algorithm>
#include <cmath>
#include <map>
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
  using Kept = PlanGraph::Kept;

  Search(const DryGraph& graph, int64_t budget)
      : meter_(graph), graph_(meter_.Look()), budget_(budget) {
    Measure(graph_.All());  // makes the gradients of parameters
    costs_.clear();
    best_ = graph_.All();
    // A dry run of n nodes takes some n microseconds.
    evaluations_left_ = std::clamp(40'000 / std::max(1, graph_.num_nodes()), 80, 4000);
  }

  Plan Run() {
    if (Over(best_) > 0) {
      Try(graph_.LikeCheap(), &best_);
      Try(graph_.LikeSegments(), &best_);
      DropCheapest();
      Cut();
      Improve(best_);
      // From elsewhere, too, where that costs little: another valley may be deeper.
      const std::vector<int> order = graph_.DropOrder();
      if (order.size() <= kPaired) {
        Improve(graph_.All());
        Improve(With(graph_.All(), order, false));
      }
    }
    Plan plan = graph_.Fates(best_);
    plan.cost = Measure(best_);
    return plan;
  }

 private:
  const PolicyCost& Measure(const Kept& kept) {
    const auto [place, inserted] = costs_.try_emplace(kept);
    if (inserted) {
      --evaluations_left_;
      place->second = meter_.Measure(PlanPolicy(graph_.Fates(kept)));
    }
    return place->second;
  }

  int64_t Over(const Kept& kept) { return std::max<int64_t>(0, Measure(kept).peak - budget_); }

  // Over the budget by fewer bytes; then less to do again; then fewer bytes.
  bool Better(const Kept& a, const Kept& b) {
    const auto rank = [&](const Kept& kept) {
      return std::make_tuple(Over(kept), Measure(kept).replay_flops, Measure(kept).peak);
    };
    return rank(a) < rank(b);
  }

  // Replaces `*kept` if it is better; so also the best of all.
  bool Try(const Kept& next, Kept* kept) {
    if (!Better(next, *kept)) return false;
    *kept = next;
    if (Better(next, best_)) best_ = next;
    return true;
  }
  bool Fits(const Kept& kept) {
    Try(kept, &best_);
    return Over(kept) == 0;
  }

  static Kept With(Kept kept, absl::Span<const int> nodes, bool value) {
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
      Try(graph_.CutAt(cuts), &best_);
    }
  }

  // Changes of one node, and of two where there are few, as long as they make it
  // better. What costs most to make again is kept first.
  void Improve(Kept kept) {
    std::vector<int> order = graph_.DropOrder();
    std::reverse(order.begin(), order.end());
    bool better = true;
    while (better && evaluations_left_ > 0) {
      better = KeepMore(order, &kept);
      for (size_t i = 0; i < order.size() && evaluations_left_ > 0; ++i) {
        better |= Try(With(kept, {order[i]}, !kept[order[i]]), &kept);
      }
      for (size_t i = 0; i < order.size() && order.size() <= kPaired; ++i) {
        for (size_t j = 0; j < i && evaluations_left_ > 0; ++j) {
          const int a = order[i], b = order[j];
          better |= Try(With(With(kept, {a}, !kept[a]), {b}, !kept[b]), &kept);
        }
      }
    }
  }

  // As many more as fit, by halving.
  bool KeepMore(const std::vector<int>& order, Kept* kept) {
    if (Over(*kept) > 0) return false;
    std::vector<int> dropped;
    for (const int node : order) {
      if (!(*kept)[node]) dropped.push_back(node);
    }
    const Kept start = *kept;
    bool better = false;
    size_t fits = 0, too_many = dropped.size() + 1;
    while (too_many > fits + 1) {
      const size_t middle = (fits + too_many) / 2;
      const Kept next = With(start, absl::MakeConstSpan(dropped).first(middle), true);
      (Over(next) == 0 ? fits : too_many) = middle;
      better |= Try(next, kept);
    }
    return better;
  }

  static constexpr size_t kPaired = 64;

  Meter meter_;
  const PlanGraph graph_;
  const int64_t budget_;
  int64_t evaluations_left_ = 0;
  std::map<Kept, PolicyCost> costs_;
  Kept best_;
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
  // A search for less may go where this one did not.
  plan = Search(graph, 0).Run();
  if (plan.cost.peak <= budget) return plan;
  const int64_t least = plan.cost.peak;
  return absl::ResourceExhaustedError(absl::StrCat(
      "found a budget of ", budget, " bytes for activations, expected at least ", least));
}

int64_t LeastBudget(const DryGraph& graph) { return Search(graph, 0).Run().cost.peak; }

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
