#include "autograd/planner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/plan_graph.h"
#include "autograd/priced_op.h"
#include "autograd/testing_ops.h"
#include "tensor/philox.h"

namespace hairpin {
namespace {

using testing_ops::Priced;
using testing_ops::Sum;
using ::testing::HasSubstr;

Variable Input(Recording& recording, int64_t n) {
  return recording.Input(Tensor::Empty({DType::kFloat64, Shape({n})}, Purpose::kActivation,
                                       recording.allocator()));
}

// The same graph for the same seed: operations of different prices that make different
// numbers of bytes. Each reads the value before it and sometimes an older one.
DryGraph RandomGraph(Allocator& dry, uint64_t seed, int nodes, bool residuals) {
  return {.allocator = dry, .record = [=](Recording& recording) {
            uint32_t counter = 0;
            const auto below = [&](uint32_t n) {
              return PhiloxBlock(DeriveKey(seed, Stream::kTest), {counter++, 0, 0, 0})[0] % n;
            };
            // The newest values; older ones have no Variable any more.
            std::vector<Variable> made = {Input(recording, 128)};
            for (int i = 0; i < nodes; ++i) {
              const int64_t flops = below(3) == 0 ? 10 + below(50) : 1000 + below(9000);
              const bool saves_input = below(4) != 0, saves_output = below(4) == 0;
              const int64_t elements = 32 * (1 + below(12));
              Variable b;
              if (residuals && made.size() > 1 && below(3) == 0) b = made[below(made.size() - 1)];
              Variable last = residuals ? made.back() : std::move(made.back());
              made.push_back(
                  Priced({flops, saves_input, saves_output, elements}, std::move(last),
                         std::move(b)));
              if (made.size() > 4) made.erase(made.begin());
            }
            return std::vector<Variable>{Sum(std::move(made.back()))};
          }};
}

// A chain of layers: a dear operation that reads its input, a cheap one.
DryGraph Chain(Allocator& dry, int layers) {
  return {.allocator = dry, .record = [=](Recording& recording) {
            Variable x = Input(recording, 128);
            for (int i = 0; i < layers; ++i) {
              x = Priced({.flops = 5000, .saves_input = true}, std::move(x));
              x = Priced({.flops = 50, .saves_input = true}, std::move(x));
            }
            return std::vector<Variable>{Sum(std::move(x))};
          }};
}

TEST(PlannerTest, EnoughIsEverythingKept) {
  Allocator dry(Allocator::Kind::kDry);
  const DryGraph graph = Chain(dry, 8);
  const PolicyCost all = MeasurePolicy(graph, KeepAll());
  EXPECT_EQ(all.replays, 0);
  const absl::StatusOr<Plan> plan = PlanBudget(graph, all.peak);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->cost.replays, 0);
  EXPECT_EQ(plan->cost.peak, all.peak);
  EXPECT_EQ(plan->cost.kept, all.kept);
  EXPECT_GT(all.kept, 16 * 1024);
}

TEST(PlannerTest, WhatIsPromisedIsMeasured) {
  Allocator dry(Allocator::Kind::kDry);
  const DryGraph graph = Chain(dry, 16);
  const PolicyCost all = MeasurePolicy(graph, KeepAll());
  int64_t flops_before = 0;
  for (const int percent : {90, 70, 50, 40}) {
    const int64_t budget = all.peak * percent / 100;
    const absl::StatusOr<Plan> plan = PlanBudget(graph, budget);
    ASSERT_TRUE(plan.ok()) << percent;
    EXPECT_LE(plan->cost.peak, budget);
    const PolicyCost measured = MeasurePolicy(graph, PlanPolicy(*plan));
    EXPECT_EQ(measured.peak, plan->cost.peak);
    EXPECT_EQ(measured.kept, plan->cost.kept);
    EXPECT_EQ(measured.replays, plan->cost.replays);
    EXPECT_EQ(measured.replay_flops, plan->cost.replay_flops);
    EXPECT_GE(plan->cost.replay_flops, flops_before);
    flops_before = plan->cost.replay_flops;
    // Half of the values are cheap: nothing dear runs again while those do.
    if (percent >= 70) {
      EXPECT_LT(plan->cost.replay_flops, 5000) << percent;
    }
  }
}

// Of values of one size the cheapest goes, and what is told is its price.
TEST(PlannerTest, WhatIsDroppedIsWhatCostsLeast) {
  for (const int cheapest : {0, 1, 2}) {
    Allocator dry(Allocator::Kind::kDry);
    const DryGraph graph = {.allocator = dry, .record = [&](Recording& recording) {
      Variable x = Input(recording, 128);
      for (int i = 0; i < 4; ++i) {
        x = Priced({.flops = i == cheapest ? 700 : 1000 + 10 * i, .saves_input = true},
                   std::move(x));
      }
      // Dear and read by nobody's backward: what it cost does not count.
      x = Priced({.flops = 1'000'000, .saves_input = true}, std::move(x));
      return std::vector<Variable>{Sum(std::move(x))};
    }};
    const PolicyCost all = MeasurePolicy(graph, KeepAll());
    const absl::StatusOr<Plan> plan = PlanBudget(graph, all.peak - 1);
    ASSERT_TRUE(plan.ok());
    EXPECT_EQ(plan->cost.replays, 1);
    EXPECT_EQ(plan->cost.replay_flops, 700);
    EXPECT_EQ(plan->fates[plan->first[cheapest]], Fate::kDrop);
    // Everything: each at its own price.
    EXPECT_EQ(MeasurePolicy(graph, RecomputeAll()).replay_flops,
              700 + 3 * 1000 + 10 * (0 + 1 + 2 + 3 - cheapest));
  }
}

TEST(PlannerTest, TheSameGraphGivesTheSamePlan) {
  Allocator dry(Allocator::Kind::kDry);
  const DryGraph graph = RandomGraph(dry, 5, 14, /*residuals=*/true);
  const int64_t budget = MeasurePolicy(graph, KeepAll()).peak * 2 / 3;
  const absl::StatusOr<Plan> one = PlanBudget(graph, budget), two = PlanBudget(graph, budget);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->fates, two->fates);
}

TEST(PlannerTest, ABudgetThatIsTooSmallNamesTheSmallest) {
  Allocator dry(Allocator::Kind::kDry);
  const DryGraph graph = Chain(dry, 8);
  const absl::Status status = PlanBudget(graph, 2000).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("found a budget of 2000 bytes for activations, expected at "
                                 "least "));
  const int64_t least = std::stoll(message.substr(message.rfind(' ')));
  EXPECT_TRUE(PlanBudget(graph, least).ok());
  EXPECT_FALSE(PlanBudget(graph, least - 1).ok());
}

// Every subset of kept nodes of small graphs: how good the planner's choice is.
TEST(PlannerTest, BesideTheOptimumOfSmallGraphs) {
  std::vector<double> more_flops, more_bytes;
  for (int seed = 0; seed < 200; ++seed) {
    Allocator dry(Allocator::Kind::kDry);
    const int nodes = seed % 40 == 39 ? 14 : 4 + seed % 9;
    const DryGraph graph = RandomGraph(dry, seed, nodes, /*residuals=*/seed % 2 == 1);
    const PlanGraph look = [&] {
      Recording recording({.allocator = &dry});
      const std::vector<Variable> alive = graph.record(recording);
      return PlanGraph(recording);
    }();
    const std::vector<int> counting = look.DropOrder();
    const PolicyCost all = MeasurePolicy(graph, KeepAll());
    std::vector<PolicyCost> costs;
    int64_t least = all.peak;
    for (uint32_t set = 0; set < 1u << counting.size(); ++set) {
      PlanGraph::Kept kept = look.All();
      for (size_t i = 0; i < counting.size(); ++i) kept[counting[i]] = set >> i & 1;
      costs.push_back(MeasurePolicy(graph, PlanPolicy(look.Fates(kept))));
      least = std::min(least, costs.back().peak);
    }
    const int64_t budget = least + (all.peak - least) * (seed % 5) / 5;
    int64_t optimum = INT64_MAX;
    for (const PolicyCost& cost : costs) {
      if (cost.peak <= budget) optimum = std::min(optimum, cost.replay_flops);
    }
    const absl::StatusOr<Plan> plan = PlanBudget(graph, budget);
    if (plan.ok()) {
      EXPECT_LE(plan->cost.peak, budget) << "seed " << seed;
      more_flops.push_back(static_cast<double>(plan->cost.replay_flops + 1) /
                           static_cast<double>(optimum + 1));
      more_bytes.push_back(1);
    } else {
      // Only where it is asked for the very least.
      const std::string message(plan.status().message());
      more_bytes.push_back(std::stod(message.substr(message.rfind(' '))) /
                           static_cast<double>(least));
    }
  }
  std::sort(more_flops.begin(), more_flops.end());
  std::sort(more_bytes.begin(), more_bytes.end());
  std::printf("recomputed over the optimum: median %.3f, 90 %% %.3f, worst %.3f of %zu\n",
              more_flops[more_flops.size() / 2], more_flops[more_flops.size() * 9 / 10],
              more_flops.back(), more_flops.size());
  std::printf("smallest budget over the least: median %.3f, worst %.3f\n",
              more_bytes[more_bytes.size() / 2], more_bytes.back());
  EXPECT_GE(more_flops.size(), 190u);
  EXPECT_LE(more_flops[more_flops.size() / 2], 1.1);
  EXPECT_LE(more_bytes.back(), 1.1);
}

// Chen's cut of a chain into the square root of its length: at its peak never more
// work, for any depth.
TEST(PlannerTest, BesideTheSquareRootOnChains) {
  double last = 0;
  for (const int layers : {4, 9, 16, 36, 64, 100, 400}) {
    Allocator dry(Allocator::Kind::kDry);
    const DryGraph graph = Chain(dry, layers);
    const Plan root = PlanSegments(graph);
    const absl::StatusOr<Plan> plan = PlanBudget(graph, root.cost.peak);
    ASSERT_TRUE(plan.ok());
    EXPECT_LE(plan->cost.peak, root.cost.peak);
    EXPECT_LE(plan->cost.replay_flops, root.cost.replay_flops);
    std::printf("%3d layers: square root %lld bytes, %lld FLOPs again; planner %lld\n", layers,
                static_cast<long long>(root.cost.peak),
                static_cast<long long>(root.cost.replay_flops),
                static_cast<long long>(plan->cost.replay_flops));
    if (layers >= 16) {
      // Its bytes grow as the square root: from 16 to 400, about five times.
      const double growth = std::log(static_cast<double>(root.cost.peak)) / std::log(2.0);
      last = last == 0 ? growth : last;
      if (layers == 400) {
        EXPECT_LE((growth - last) / (std::log2(400.0) - 4), 0.6);
      }
    }
  }
}

}  // namespace
}  // namespace hairpin
