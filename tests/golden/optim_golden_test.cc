// Optimizers, schedules and clipping against PyTorch's and transformers'.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/rmsprop.h"
#include "optim/schedule.h"
#include "optim/sgd.h"
#include "optim/transformers_schedule.h"
#include "tests/golden/differences.h"
#include "tests/golden/golden.h"
#include "tests/golden/optimizer_run.h"

namespace hairpin::golden {
namespace {

std::unique_ptr<Optimizer> MakeOptimizer(const nlohmann::json& run,
                                         std::vector<Parameter*> parameters) {
  const nlohmann::json& options = run["options"];
  const std::string kind = run["optimizer"];
  std::vector<ParameterGroup> groups = {{std::move(parameters), options["weight_decay"]}};
  if (kind == "sgd") {
    return std::make_unique<Sgd>(std::move(groups), SgdOptions{.momentum = options["momentum"],
                                                               .dampening = options["dampening"],
                                                               .nesterov = options["nesterov"]});
  }
  if (kind == "adam" || kind == "adamw") {
    const AdamOptions adam = {.beta1 = options["betas"][0],
                              .beta2 = options["betas"][1],
                              .epsilon = options["eps"]};
    if (kind == "adam") return std::make_unique<Adam>(std::move(groups), adam);
    return std::make_unique<AdamW>(std::move(groups), adam);
  }
  if (kind == "rmsprop") {
    return std::make_unique<RmsProp>(std::move(groups),
                                     RmsPropOptions{.alpha = options["alpha"],
                                                    .epsilon = options["eps"],
                                                    .momentum = options["momentum"],
                                                    .centered = options["centered"]});
  }
  EXPECT_EQ(kind, "adagrad");
  return std::make_unique<Adagrad>(
      std::move(groups), AdagradOptions{.rate_decay = options["lr_decay"],
                                        .epsilon = options["eps"],
                                        .initial_sum = options["initial_accumulator_value"]});
}

TEST(OptimGoldenTest, Optimizers) {
  const Golden golden = Golden::Open("optim").value();
  ASSERT_FALSE(golden.manifest()["optimizers"].empty());
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    const double tolerance = dtype == DType::kFloat64 ? 1e-12 : 5e-6;
    Differences differences(Name(dtype));
    for (const nlohmann::json& run : golden.manifest()["optimizers"]) {
      CompareRun(golden, run, run["options"]["lr"], dtype, MakeOptimizer, tolerance, differences);
    }
  }
}

TransformersScheduleKind KindOf(const std::string& name) {
  if (name == "linear") return TransformersScheduleKind::kLinear;
  if (name == "cosine") return TransformersScheduleKind::kCosine;
  if (name == "inverse_sqrt") return TransformersScheduleKind::kInverseSqrt;
  EXPECT_EQ(name, "constant");
  return TransformersScheduleKind::kConstant;
}

TEST(OptimGoldenTest, TransformersSchedules) {
  const Golden golden = Golden::Open("optim").value();
  ASSERT_FALSE(golden.manifest()["schedules"].empty());
  Differences differences("rates of transformers");
  for (const nlohmann::json& entry : golden.manifest()["schedules"]) {
    ASSERT_FALSE(entry["lr"].empty());
    const nlohmann::json& options = entry["options"];
    const TransformersSchedule schedule = {
        .kind = KindOf(entry["schedule"]),
        .warmup_steps = options["num_warmup_steps"],
        .total_steps = options.value("num_training_steps", int64_t{1}),
        .cycles = options.value("num_cycles", 0.5),
        .timescale = options.value("timescale", int64_t{0})};
    const double base = entry["base_lr"];
    for (size_t step = 0; step < entry["lr"].size(); ++step) {
      differences.Expect(entry["schedule"], base * schedule.Factor(static_cast<int64_t>(step)),
                         entry["lr"][step].get<double>(), 1e-12,
                         options.dump() + " step " + std::to_string(step));
    }
  }
}

// Up to the end our own are those of transformers, but that step s of the warmup has the rate of
// step s + 1; after it the cosine of transformers rises again.
TEST(OptimGoldenTest, Schedules) {
  const Golden golden = Golden::Open("optim").value();
  Differences differences("rates");
  std::set<ScheduleKind> compared;
  for (const nlohmann::json& entry : golden.manifest()["schedules"]) {
    const nlohmann::json& options = entry["options"];
    const std::optional<ScheduleKind> kind =
        ParseScheduleKind(entry["schedule"].get<std::string>());
    if (!kind.has_value() || options.value("num_cycles", 0.5) != 0.5) continue;
    compared.insert(*kind);
    const Schedule schedule = {.kind = *kind,
                               .warmup_steps = options["num_warmup_steps"],
                               .total_steps = options.value("num_training_steps", int64_t{1})};
    const double base = entry["base_lr"];
    const int64_t rates = static_cast<int64_t>(entry["lr"].size());
    const int64_t end = std::min(options.value("num_training_steps", rates), rates - 1);
    for (int64_t step = 0; step < end; ++step) {
      const int64_t theirs = step < schedule.warmup_steps ? step + 1 : step;
      differences.Expect(Name(*kind), base * schedule.Factor(step),
                         entry["lr"][theirs].get<double>(), 1e-12,
                         options.dump() + " step " + std::to_string(step));
    }
  }
  EXPECT_EQ(compared.size(), 3u);
}

TEST(OptimGoldenTest, Clipping) {
  const Golden golden = Golden::Open("optim").value();
  ASSERT_FALSE(golden.manifest()["clips"].empty());
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    const double tolerance = dtype == DType::kFloat64 ? 1e-12 : 5e-6;
    Differences differences(std::string(Name(dtype)) + " clipping");
    for (const nlohmann::json& clip : golden.manifest()["clips"]) {
      const std::string kind = clip["kind"];
      std::vector<std::unique_ptr<Parameter>> owned;
      std::vector<Parameter*> parameters;
      for (const std::string name : clip["before"]) {
        const Tensor before = golden.Get(name, dtype);
        owned.push_back(std::make_unique<Parameter>(name, Tensor::Zeros(before.spec())));
        parameters.push_back(owned.back().get());
        SetGradient(*parameters.back(), before);
      }
      const double norm = GlobalGradientNorm(parameters);
      differences.Expect("norm",
                         RelativeDifference(Tensor::Scalar(norm), golden.Get(clip["norm"])),
                         tolerance, kind);
      // What the optimizer reads: a step of plain SGD from zero at rate -1.
      Sgd optimizer({{parameters}});
      optimizer.Step(-1, ClipFactor(norm, clip["max_norm"]));
      for (size_t i = 0; i < parameters.size(); ++i) {
        differences.Expect("gradient",
                           RelativeDifference(parameters[i]->value(), golden.Get(clip["after"][i])),
                           tolerance, kind);
      }
    }
  }
}

}  // namespace
}  // namespace hairpin::golden
