// Random graphs under every policy: the bits of "none", nothing alive after backward but
// what is held, and what a dry run promises is what the run takes, to the byte.
//
// In the environment, HAIRPIN_RANDOM_GRAPHS=20000 makes so many of them,
// HAIRPIN_ALL_BUDGETS=1 plans six budgets for each, and HAIRPIN_RANDOM_GRAPH=17 makes that
// one alone and prints it:
//   bazel test //tests/policies:random_graphs_test --test_env=HAIRPIN_ALL_BUDGETS=1
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>

#include "autograd/all_policies.h"
#include "autograd/planner.h"
#include "gtest/gtest.h"
#include "tests/policies/random_graph.h"

namespace hairpin {
namespace {

constexpr int64_t kGraphs = 500;

int64_t Environment(const char* name, int64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

// What `policy` makes of the graph, with numbers and dry.
RandomGraph::Run RunAndCheck(const RandomGraph& graph, const SavedPolicy& policy) {
  Allocator real(Allocator::Kind::kCaching), dry(Allocator::Kind::kDry);
  const RandomGraph::Run run = graph.RunUnder(policy, real);
  const RandomGraph::Run promised = graph.RunUnder(policy, dry);
  for (const Purpose purpose : kAllPurposes) {
    EXPECT_EQ(promised.account.peak(purpose), run.account.peak(purpose)) << Name(purpose);
  }
  EXPECT_EQ(promised.account.peak_total(), run.account.peak_total());
  if (graph.num_backwards() > 0) {
    EXPECT_EQ(run.alive_values, run.held_values);
    EXPECT_EQ(run.live_bytes, run.held_bytes);
  }
  EXPECT_EQ(promised.replays, run.replays);
  return run;
}

void ExpectSameBits(const RandomGraph::Run& run, const RandomGraph::Run& expected) {
  EXPECT_EQ(run.outputs.size(), expected.outputs.size());
  for (size_t i = 0; i < expected.outputs.size(); ++i) {
    EXPECT_TRUE(run.outputs[i] == expected.outputs[i]) << "output " << i;
  }
  for (size_t i = 0; i < expected.gradients.size(); ++i) {
    EXPECT_TRUE(run.gradients[i] == expected.gradients[i]) << "gradient " << i;
  }
}

// Budgets in percent of the way from the least that the planner finds to the peak of
// "none".
constexpr int kBudgets[] = {0, 20, 40, 60, 80, 95};

PlanPolicy MakeBudgetPolicy(const RandomGraph& graph, int percent) {
  Allocator dry(Allocator::Kind::kDry);
  const DryGraph planned = graph.ForPlanner(dry);
  const int64_t least = LeastBudget(planned), most = MeasurePolicy(planned, KeepAll()).peak;
  const int64_t budget = least + (most - least) * percent / 100;
  absl::StatusOr<Plan> plan = PlanBudget(planned, budget);
  EXPECT_TRUE(plan.ok()) << plan.status();
  if (!plan.ok()) return PlanPolicy({});
  EXPECT_LE(plan->cost.peak, budget);
  return PlanPolicy(*std::move(plan));
}

TEST(RandomGraphsTest, EveryPolicyGivesTheSameBitsAndThePromisedBytes) {
  const int64_t only = Environment("HAIRPIN_RANDOM_GRAPH", -1);
  const bool all_budgets = Environment("HAIRPIN_ALL_BUDGETS", 0) != 0;
  const int64_t graphs = Environment("HAIRPIN_RANDOM_GRAPHS", kGraphs);
  int64_t steps = 0, replays = 0, finite = 0, with_gradients = 0, plans = 0, planned_replays = 0;
  for (int64_t seed = only < 0 ? 0 : only; seed < (only < 0 ? graphs : only + 1); ++seed) {
    const RandomGraph graph(seed);
    if (only >= 0) std::printf("%s", graph.ToString().c_str());
    const RandomGraph::Run expected = RunAndCheck(graph, KeepAll());
    EXPECT_EQ(expected.replays, 0) << "HAIRPIN_RANDOM_GRAPH=" << seed;
    for (const SavedPolicy* policy : AllPolicies()) {
      SCOPED_TRACE("HAIRPIN_RANDOM_GRAPH=" + std::to_string(seed) + ", policy " + policy->name());
      const RandomGraph::Run run = RunAndCheck(graph, *policy);
      ExpectSameBits(run, expected);
      replays += run.replays;
    }
    for (size_t b = 0; b < std::size(kBudgets); ++b) {
      // Planning takes long beside running: a budget for every second graph, in turn.
      if (!all_budgets && seed % (2 * std::size(kBudgets)) != 2 * b) continue;
      if (graph.num_backwards() == 0) continue;
      SCOPED_TRACE("HAIRPIN_RANDOM_GRAPH=" + std::to_string(seed) + ", budget at " +
                   std::to_string(kBudgets[b]) + "%");
      const PlanPolicy policy = MakeBudgetPolicy(graph, kBudgets[b]);
      const RandomGraph::Run run = RunAndCheck(graph, policy);
      ExpectSameBits(run, expected);
      // The planner knows of one way back.
      if (graph.num_backwards() == 1) {
        EXPECT_EQ(run.account.peak_recording(), policy.cost().peak);
        EXPECT_EQ(run.replays, policy.cost().replays);
      }
      planned_replays += run.replays;
      ++plans;
    }
    steps += graph.num_steps();
    finite += expected.finite ? 1 : 0;
    for (const std::string& gradient : expected.gradients) with_gradients += !gradient.empty();
  }
  std::printf("%lld graphs, %lld steps, %lld replays, %lld gradients, %lld all finite, "
              "%lld replays by %lld plans\n",
              static_cast<long long>(graphs), static_cast<long long>(steps),
              static_cast<long long>(replays), static_cast<long long>(with_gradients),
              static_cast<long long>(finite), static_cast<long long>(planned_replays),
              static_cast<long long>(plans));
  if (only >= 0) return;
  // There was something to compare.
  EXPECT_GT(with_gradients, 3 * graphs);
  EXPECT_GT(replays, 10 * graphs);
  EXPECT_GT(planned_replays, graphs / 2);
  EXPECT_GT(finite, graphs * 9 / 10);
}

}  // namespace
}  // namespace hairpin
