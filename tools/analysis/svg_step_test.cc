#include "tools/analysis/svg_step.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DrawStep, SaysWhetherTimesAreEstimated) {
  const TrainMlmSettings settings = TinyStepSettings();
  const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig());
  const MachinePeak machine = {.threads = 1, .float32_flops = 1e11};
  const std::string estimated = DrawStep({settings, step, nullptr, machine});
  EXPECT_THAT(estimated, HasSubstr("Time by operation, estimated: FLOPs at"));
  EXPECT_THAT(estimated, Not(HasSubstr("measured: ")));
  EXPECT_THAT(estimated, HasSubstr("Memory over one micro-batch"));
  const StepMeasurement measured = *MeasureSteps(settings, TinyStepConfig(), 1);
  const std::string text = DrawStep({settings, step, &measured, machine});
  EXPECT_THAT(text, HasSubstr("Time by operation, measured: "));
  EXPECT_THAT(text, HasSubstr("outside of operations"));
  EXPECT_THAT(text, HasSubstr(" % of peak"));
}

TEST(TimeBars, EstimatesAddUpToTheStepsFlops) {
  const TrainMlmSettings settings = TinyStepSettings();
  const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig());
  const AnalysisReport report = {settings, step, nullptr, {.threads = 1, .float32_flops = 1e11}};
  double seconds = 0, flops = 0, longest = 1e9;
  for (const TimeBar& bar : TimeBars(report)) {
    EXPECT_LE(bar.seconds(), longest);
    longest = bar.seconds();
    seconds += bar.seconds();
    flops += bar.flops;
  }
  EXPECT_NEAR(seconds, LeastSeconds(report, 1), 1e-12);
  EXPECT_DOUBLE_EQ(flops, step.step_flops());
}

TEST(TimeBars, WhatRunsAgainStandsApart) {
  const TrainMlmSettings settings = TinyStepSettings();
  const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig(), RecomputeSegments());
  const StepMeasurement measured =
      *MeasureSteps(settings, TinyStepConfig(), 1, RecomputeSegments());
  AnalysisReport report = {settings, step, nullptr, {.threads = 1, .float32_flops = 1e11}};
  double again = 0, flops = 0;
  for (const TimeBar& bar : TimeBars(report)) {
    again += bar.again;
    flops += bar.flops;
  }
  const double replayed = 4.0 * static_cast<double>(step.micro_batch.replay_flops);
  EXPECT_GT(replayed, 0);
  EXPECT_NEAR(again, replayed / 1e11, 1e-15);
  EXPECT_DOUBLE_EQ(flops, step.step_flops());
  report.measured = &measured;
  double forward = 0;
  again = 0;
  for (const TimeBar& bar : TimeBars(report)) {
    again += bar.again;
    forward += bar.forward;
  }
  EXPECT_GT(again, 0);
  double kinds[2] = {};
  for (const OperationTime& o : ByOperation(measured.rows)) {
    if (o.kind == Profile::Kind::kForward) kinds[0] += o.seconds;
    if (o.kind == Profile::Kind::kReplay) kinds[1] += o.seconds;
  }
  EXPECT_NEAR(forward, kinds[0], 1e-9);
  EXPECT_NEAR(again, kinds[1], 1e-9);
  EXPECT_THAT(DrawStep(report), HasSubstr(">run again<"));
}

TEST(TimeBars, MeasuredOnesAreAStep) {
  const TrainMlmSettings settings = TinyStepSettings();
  const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig());
  const StepMeasurement measured = *MeasureSteps(settings, TinyStepConfig(), 2);
  double seconds = 0;
  for (const TimeBar& bar : TimeBars({settings, step, &measured, {}})) seconds += bar.seconds();
  EXPECT_NEAR(seconds, measured.seconds / 2, 1e-6);
}

}  // namespace
}  // namespace hairpin
