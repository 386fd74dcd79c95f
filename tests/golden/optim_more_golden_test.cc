// Lion, Muon, moving averages of weights and the schedules that optim_golden_test doesn't have.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "optim/lion.h"
#include "optim/muon.h"
#include "optim/schedule.h"
#include "optim/weight_average.h"
#include "tests/golden/differences.h"
#include "tests/golden/golden.h"
#include "tests/golden/optimizer_run.h"

namespace hairpin::golden {
namespace {

std::unique_ptr<Optimizer> MakeOptimizer(const nlohmann::json& run,
                                         std::vector<Parameter*> parameters) {
  const nlohmann::json& options = run["options"];
  const std::vector<ParameterGroup> groups = {{std::move(parameters), options["weight_decay"]}};
  if (run["optimizer"] == "lion") {
    return std::make_unique<Lion>(
        groups, LionOptions{.beta1 = options["betas"][0], .beta2 = options["betas"][1]});
  }
  EXPECT_EQ(run["optimizer"], "muon");
  return std::make_unique<Muon>(
      groups,
      MuonOptions{.momentum = options.value("momentum", 0.95),
                  .nesterov = options.value("nesterov", true),
                  .newton_schulz_steps = options.value("ns_steps", 5),
                  .match_adamw = options.value("adjust_lr_fn", "original") == "match_rms_adamw"});
}

TEST(OptimMoreGoldenTest, LionAndMuon) {
  const Golden golden = Golden::Open("optim_more").value();
  ASSERT_FALSE(golden.manifest()["optimizers"].empty());
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    Differences differences(Name(dtype));
    for (const nlohmann::json& run : golden.manifest()["optimizers"]) {
      const double tolerance = dtype == DType::kFloat64 ? 1e-12 : 5e-6;
      CompareRun(golden, run, run["lr"], dtype, MakeOptimizer, tolerance, differences);
    }
  }
}

// The weights go the way that an optimizer took; the average follows.
TEST(OptimMoreGoldenTest, WeightAverage) {
  const Golden golden = Golden::Open("optim_more").value();
  ASSERT_FALSE(golden.manifest()["averages"].empty());
  Differences differences("averages");
  for (const nlohmann::json& entry : golden.manifest()["averages"]) {
    const Tensor weights = golden.Get(entry["weights"]), expected = golden.Get(entry["average"]);
    Parameter parameter("weight", Row(weights, 0).Clone());
    WeightAverage average({&parameter}, {.decay = entry["decay"]});
    for (int64_t step = 0; step < weights.shape()[0]; ++step) {
      parameter.value().CopyFrom(Row(weights, step));
      average.Update(step + 1);
      const AveragedWeights averaged(average);
      differences.Expect("average", RelativeDifference(parameter.value(), Row(expected, step)),
                         1e-14, "step " + std::to_string(step));
    }
  }
}

Schedule ScheduleOf(const nlohmann::json& entry) {
  const nlohmann::json& options = entry["options"];
  Schedule schedule;
  schedule.kind = ParseScheduleKind(entry["schedule"].get<std::string>()).value();
  schedule.warmup_steps = options["warmup_steps"];
  schedule.total_steps = options["total_steps"];
  schedule.end_factor = options.value("end_factor", 0.0);
  schedule.cycles = options.value("cycles", int64_t{1});
  schedule.cycle_growth = options.value("cycle_growth", 1.0);
  schedule.decay_steps = options.value("decay_steps", int64_t{0});
  schedule.decay_shape = ParseDecayShape(options.value("decay_shape", "cosine")).value();
  schedule.div_factor = options.value("div_factor", 25.0);
  schedule.final_div_factor = options.value("final_div_factor", 1e4);
  return schedule;
}

// From the end of the warmup, which begins a step later in transformers.
TEST(OptimMoreGoldenTest, Schedules) {
  const Golden golden = Golden::Open("optim_more").value();
  ASSERT_FALSE(golden.manifest()["schedules"].empty());
  for (const nlohmann::json& entry : golden.manifest()["schedules"]) {
    const Schedule schedule = ScheduleOf(entry);
    const nlohmann::json& factors = entry["factors"];
    ASSERT_GT(factors.size(), entry["first"]);
    for (size_t step = entry["first"]; step < factors.size(); ++step) {
      EXPECT_NEAR(schedule.Factor(static_cast<int64_t>(step)), factors[step], 1e-13)
          << entry["schedule"] << " " << entry["options"] << " step " << step;
    }
  }
}

}  // namespace
}  // namespace hairpin::golden
