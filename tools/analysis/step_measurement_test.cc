#include "tools/analysis/step_measurement.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/analysis/step_analysis.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

StepMeasurement Measure(const TrainMlmSettings& settings, int steps) {
  const auto measured = MeasureSteps(settings, ConfigOf(settings, settings.vocab_size()), steps);
  EXPECT_TRUE(measured.ok()) << measured.status().ToString();
  return *measured;
}

// Each of the four settings differs from the first in one number; here too.
TEST(MeasureSteps, BytesAreThosePredicted) {
  const auto check = [](const char* name, const auto& change) {
    TrainMlmSettings settings = TinyStepSettings();
    change(&settings);
    const StepAnalysis step = AnalyzeStep(settings, ConfigOf(settings, settings.vocab_size()));
    const StepMeasurement measured = Measure(settings, 2);
    for (const Purpose purpose : kAllPurposes) {
      EXPECT_EQ(step.predicted.peak(purpose), measured.bytes.peak(purpose))
          << name << ", " << Name(purpose);
      EXPECT_GT(measured.bytes.peak(purpose), 0) << name << ", " << Name(purpose);
    }
    EXPECT_EQ(step.predicted.peak_total(), measured.bytes.peak_total()) << name;
    // Free blocks depend on how many micro-batches came before, a little.
    EXPECT_GE(step.held_bytes, step.predicted.peak_total()) << name;
    EXPECT_NEAR(static_cast<double>(step.held_bytes) / measured.resident.held, 1, 0.02) << name;
  };
  check("tiny", [](TrainMlmSettings* s) {});
  check("more layers", [](TrainMlmSettings* s) { s->set_layers(4); });
  check("longer sequences", [](TrainMlmSettings* s) { s->set_seq_len(80); });
  check("a larger batch", [](TrainMlmSettings* s) { s->set_micro_batch(12); });
  check("padded", [](TrainMlmSettings* s) { s->set_packing("line"); });
  check("dropout", [](TrainMlmSettings* s) { s->set_dropout(0.1); });
  check("one micro-batch", [](TrainMlmSettings* s) { s->set_accumulation(1); });
}

TEST(MeasureSteps, TimeAddsUp) {
  const TrainMlmSettings settings = TinyStepSettings();
  const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig());
  const StepMeasurement measured = Measure(settings, 3);
  EXPECT_EQ(measured.steps, 3);
  double outside = 0;
  for (const OperationTime& span : OutsideOperations(measured)) outside += span.seconds;
  EXPECT_GT(measured.operation_seconds(), 0);
  EXPECT_NEAR(measured.operation_seconds() + outside, measured.seconds, 1e-6);
  double flops = 0;
  for (const OperationTime& operation : ByOperation(measured.rows)) flops += operation.flops;
  EXPECT_EQ(flops, 3 * step.step_flops());
}

TEST(MeasureSteps, ResidentMemoryHoldsTheModel) {
  const StepMeasurement measured = Measure(TinyStepSettings(), 1);
  EXPECT_GT(measured.resident.before, 1 << 20);
  EXPECT_GE(measured.resident.peak, measured.resident.before);
  // Ids and visibility of T = 22, rows and labels of 4: 4 x 3 sequences.
  EXPECT_EQ(measured.resident.batches, 4 * 12 * (2 * 22 + 2 * 4));
}

TEST(ByOperation, AddsUpOverLayers) {
  using Kind = Profile::Kind;
  std::vector<Profile::Row> rows(5);
  rows[0] = {.scope = "", .name = "step", .kind = Kind::kSpan, .runs = 1, .seconds = 0.5};
  rows[1] = {.scope = "a", .name = "linear", .kind = Kind::kForward, .runs = 2, .seconds = 1};
  rows[2] = {.scope = "a", .name = "linear", .kind = Kind::kBackward, .runs = 2, .seconds = 4};
  rows[3] = {.scope = "b", .name = "linear", .kind = Kind::kForward, .runs = 1, .seconds = 2};
  rows[4] = {.scope = "", .name = "optimizer", .kind = Kind::kSpan, .runs = 1, .seconds = 0.25};
  rows[1].flops = 10;
  rows[3].flops = 5;
  std::vector<std::string> lines;
  for (const OperationTime& o : ByOperation(rows)) {
    lines.push_back(o.name + " " + Name(o.kind) + " x" + std::to_string(o.runs) + " " +
                    std::to_string(o.seconds) + " " + std::to_string(o.flops));
  }
  EXPECT_THAT(lines, ElementsAre("linear backward x2 4.000000 0.000000",
                                 "linear forward x3 3.000000 15.000000"));
  StepMeasurement measured;
  measured.rows = rows;
  EXPECT_EQ(measured.operation_seconds(), 7);
  const auto outside = OutsideOperations(measured);
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_EQ(outside[0].name, "optimizer");
  EXPECT_EQ(outside[1].name, "other");
  EXPECT_EQ(outside[1].seconds, 0.5);
}

}  // namespace
}  // namespace hairpin
