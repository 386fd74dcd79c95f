#include "tools/analysis/checkpointing_parts.h"

#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "autograd/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using Parts = google::protobuf::RepeatedPtrField<CheckpointingPart>;

std::vector<std::string> Names(const Parts& parts) {
  std::vector<std::string> names;
  for (const CheckpointingPart& part : parts) names.push_back(part.name());
  return names;
}

CheckpointingReport Report(const SavedPolicy& policy, const ReplayTimes* times = nullptr) {
  CheckpointingReport report;
  AddParts(AnalyzeStep(TinyStepSettings(), TinyStepConfig(), policy), times, &report);
  return report;
}

TEST(CheckpointingParts, AddUpToTheStep) {
  for (const SavedPolicy* policy :
       {&KeepAll(), &RecomputeCheap(), &RecomputeSegments(), &RecomputeAll()}) {
    const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig(), *policy);
    const CheckpointingReport report = Report(*policy);
    for (const Parts* parts : {&report.operations(), &report.regions()}) {
      StepCosts sum;
      for (const CheckpointingPart& part : *parts) {
        sum.kept_bytes += part.kept_bytes();
        sum.dropped_bytes += part.dropped_bytes();
        sum.replays += part.replays();
        sum.replay_flops += part.replay_flops();
        EXPECT_EQ(part.replay_milliseconds(), 0);
      }
      EXPECT_EQ(sum.kept_bytes, step.micro_batch.kept_bytes) << policy->name();
      EXPECT_EQ(sum.dropped_bytes, step.micro_batch.dropped_bytes) << policy->name();
      EXPECT_EQ(sum.replays, step.micro_batch.replays) << policy->name();
      EXPECT_EQ(sum.replay_flops, step.micro_batch.replay_flops) << policy->name();
    }
  }
}

// What one policy drops is what "none" keeps.
TEST(CheckpointingParts, DroppedIsWhatIsKeptOtherwise) {
  const StepCosts none = AnalyzeStep(TinyStepSettings(), TinyStepConfig()).micro_batch;
  EXPECT_EQ(none.dropped_bytes, 0);
  for (const SavedPolicy* policy : {&RecomputeCheap(), &RecomputeSegments(), &RecomputeAll()}) {
    const StepCosts costs =
        AnalyzeStep(TinyStepSettings(), TinyStepConfig(), *policy).micro_batch;
    EXPECT_GT(costs.dropped_bytes, none.kept_bytes / 4) << policy->name();
    EXPECT_EQ(costs.kept_bytes + costs.dropped_bytes, none.kept_bytes) << policy->name();
  }
}

TEST(CheckpointingParts, AreOperationsAndRegions) {
  const CheckpointingReport report = Report(RecomputeSegments());
  EXPECT_THAT(Names(report.regions()),
              ElementsAre("embeddings", "encoder.0", "encoder.1", "norm", "decoder", "loss"));
  const CheckpointingPart& layer = report.regions(1);
  EXPECT_GT(layer.replays(), 8);
  EXPECT_GT(layer.dropped_bytes(), layer.kept_bytes());
  EXPECT_EQ(report.regions(4).replays(), 0);
  for (const CheckpointingPart& part : report.operations()) {
    if (part.name() == "gelu") {
      EXPECT_EQ(part.replays(), 2);  // of two layers
    }
    if (part.name() == "cross_entropy") {
      EXPECT_EQ(part.replays(), 0);
    }
  }
}

// Replays of the first layer's gelu take 2 ms each, those of all others next to nothing.
class SlowGelu final : public Observer {
 public:
  void Results(const OperationRun& run, absl::Span<const Tensor>) override {
    const bool slow = run.phase == RunPhase::kReplay && std::strcmp(run.op.name(), "gelu") == 0 &&
                      std::strncmp(run.scope, "encoder.0.", 10) == 0;
    if (slow) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
};

TEST(CheckpointingParts, MillisecondsStandWhereTheyWereSpent) {
  ReplayTimes times;
  SlowGelu slow;
  ObserverList observers({&times, &slow});
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig(),
              {.policy = &RecomputeSegments(), .observer = &observers});
  dry.Step(3);
  const CheckpointingReport report = Report(RecomputeSegments(), &times);
  EXPECT_GE(report.replay_milliseconds(), 2);
  double operations = 0;
  for (const CheckpointingPart& part : report.operations()) {
    operations += part.replay_milliseconds();
    EXPECT_EQ(part.replay_milliseconds() >= 2, part.name() == "gelu") << part.name();
  }
  for (const CheckpointingPart& part : report.regions()) {
    EXPECT_EQ(part.replay_milliseconds() >= 2, part.name() == "encoder.0") << part.name();
  }
  EXPECT_NEAR(operations, report.replay_milliseconds(), 1e-9);
}

}  // namespace
}  // namespace hairpin
