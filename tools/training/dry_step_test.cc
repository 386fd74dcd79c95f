#include "tools/training/dry_step.h"

#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

int64_t Saved(const Recording& recording) {
  int64_t saved = 0;
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    for (const ValueView& value : recording.node(i).outputs) saved += value.saves > 0;
  }
  return saved;
}

struct Counts final : Observer {
  void Begin(const OperationRun& run) override { ++runs[run.phase]; }
  std::map<RunPhase, int> runs;
};

TEST(DryStep, GraphIsSeenBetweenForwardAndBackward) {
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig());
  dry.Forward();
  const Recording& recording = dry.recording();
  EXPECT_TRUE(recording.dry());
  ASSERT_GT(recording.num_nodes(), 0);
  const NodeView loss = recording.node(recording.num_nodes() - 1);
  EXPECT_STREQ(loss.op->name(), "cross_entropy");
  // 3 sequences, each with floor(0.2 (22 - 2) + 0.5) masked positions.
  EXPECT_EQ(loss.inputs[0].spec.shape, Shape({12, 100}));
  EXPECT_GT(Saved(recording), 10);
  const int64_t nodes = recording.num_nodes();
  dry.Backward();
  EXPECT_EQ(recording.num_nodes(), nodes);
  EXPECT_EQ(Saved(recording), 0);
  dry.Forward();  // again, and without a backward
  dry.Forward();
  EXPECT_EQ(recording.num_nodes(), nodes);
}

TEST(DryStep, CountsWhatStays) {
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig());
  // Each tensor of this model is a multiple of 64 bytes but for the decoder's
  // bias of 100, which takes 448 bytes.
  const int64_t bytes = 4 * CountParameters(TinyStepConfig()) + 48;
  EXPECT_EQ(dry.account().live(Purpose::kParameter), bytes);
  EXPECT_EQ(dry.account().live_total(), bytes);
  dry.Forward();
  EXPECT_EQ(dry.account().live(Purpose::kGradient), 0);
  EXPECT_GT(dry.account().live(Purpose::kActivation), 0);
  dry.Backward();
  EXPECT_EQ(dry.account().live(Purpose::kGradient), bytes);
  EXPECT_EQ(dry.account().live(Purpose::kOptimizer), 0);
  EXPECT_TRUE(dry.optimizer().parameters()[0]->has_gradient());
  dry.Update();
  EXPECT_FALSE(dry.optimizer().parameters()[0]->has_gradient());
  EXPECT_EQ(dry.optimizer().step_count(), 1);
  EXPECT_EQ(dry.account().live(Purpose::kOptimizer), 2 * bytes);
  EXPECT_EQ(dry.account().live(Purpose::kWorkspace), 0);
  EXPECT_EQ(dry.account().live(Purpose::kGradient), bytes);
  dry.account().ResetPeaks();
  dry.Step(/*micro_batches=*/2);
  EXPECT_EQ(dry.optimizer().step_count(), 2);
  EXPECT_EQ(dry.account().peak(Purpose::kGradient), bytes);
}

TEST(DryStep, ObserverHearsEveryMicroBatch) {
  Counts one, three;
  MlmDryStep(TinyStepSettings(), TinyStepConfig(), {.observer = &one}).Step();
  MlmDryStep(TinyStepSettings(), TinyStepConfig(), {.observer = &three}).Step(3);
  EXPECT_GT(one.runs[RunPhase::kForward], 20);
  EXPECT_GT(one.runs[RunPhase::kBackward], 20);
  EXPECT_EQ(one.runs[RunPhase::kReplay], 0);
  for (const RunPhase phase : {RunPhase::kForward, RunPhase::kBackward}) {
    EXPECT_EQ(three.runs[phase], 3 * one.runs[phase]) << Name(phase);
  }
}

TEST(DryStep, PolicyDecidesWhatIsKept) {
  Counts counts;
  MlmDryStep keeps(TinyStepSettings(), TinyStepConfig());
  MlmDryStep drops(TinyStepSettings(), TinyStepConfig(),
                   {.policy = &RecomputeAll(), .observer = &counts});
  keeps.Forward();
  drops.Forward();
  EXPECT_LT(2 * drops.account().live(Purpose::kActivation),
            keeps.account().live(Purpose::kActivation));
  drops.Backward();
  EXPECT_GT(counts.runs[RunPhase::kReplay], 10);
}

TEST(DryStep, LinesArePadded) {
  TrainMlmSettings settings = TinyStepSettings();
  const auto inputs_of_attention = [&](const char* packing) {
    settings.set_packing(packing);
    MlmDryStep dry(settings, TinyStepConfig());
    dry.Forward();
    for (int64_t i = 0; i < dry.recording().num_nodes(); ++i) {
      const NodeView node = dry.recording().node(i);
      if (std::string(node.op->name()) == "scaled_dot_product_attention") {
        return node.inputs.size();
      }
    }
    return size_t{0};
  };
  EXPECT_EQ(inputs_of_attention("line"), inputs_of_attention("stream") + 1);
}

}  // namespace
}  // namespace hairpin
