#include "tools/analysis/step_analysis.h"

#include <map>
#include <string>
#include <string_view>

#include "autograd/profile.h"
#include "gtest/gtest.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/mlm_memory.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

// The letters of TinyStepSettings.
constexpr int64_t B = 3, T = 22, C = 32, H = 2, F = 48, M = 12, V = 100;

const LayerRow& Layer(const StepAnalysis& step, std::string_view path) {
  for (const LayerRow& layer : step.layers) {
    if (layer.path == path) return layer;
  }
  ADD_FAILURE() << "no layer " << path;
  return step.layers[0];
}

TEST(LayerOf, EndsAfterTheNameThatFollowsANumber) {
  EXPECT_EQ(LayerOf("encoder.0.attention.query"), "encoder.0.attention");
  EXPECT_EQ(LayerOf("encoder.0.attention_norm"), "encoder.0.attention_norm");
  EXPECT_EQ(LayerOf("encoder.12"), "encoder.12");
  EXPECT_EQ(LayerOf("embeddings.token"), "embeddings");
  EXPECT_EQ(LayerOf("decoder"), "decoder");
  EXPECT_EQ(LayerOf("block1.in"), "block1");
  EXPECT_EQ(LayerOf(""), "");
}

// By hand, for n rows and a multiply-add as two:
//   a product of [n, i] and [o, i]^T   2 n i o, backward twice that: by x and by the weight
//   a bias                             n o both ways
//   attention      2 x 2 n T C for q k^T and p v, backward 5 x 2 n T C (q k^T again, dv, dp,
//                  dq, dk); softmax 20 n T H and 25 n T H
//   layer norm     8 n C and 18 n C;  gelu 20 n F and 30 n F
//   a sum          n C, backward nothing but what both inputs are handed: 2 n C
TEST(StepAnalysis, FlopsOfAnEncoderLayerByHand) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  const int64_t n = B * T;
  const LayerRow& attention = Layer(step, "encoder.0.attention");
  EXPECT_EQ(attention.forward_flops, 4 * 2 * n * C * C + 4 * n * T * C + 20 * n * T * H);
  EXPECT_EQ(attention.backward_flops, 8 * 2 * n * C * C + 10 * n * T * C + 25 * n * T * H);
  const LayerRow& feed_forward = Layer(step, "encoder.0.feed_forward");
  EXPECT_EQ(feed_forward.forward_flops, 2 * 2 * n * C * F + n * F + n * C + 20 * n * F);
  EXPECT_EQ(feed_forward.backward_flops, 4 * 2 * n * C * F + n * F + n * C + 30 * n * F);
  for (const char* norm : {"encoder.0.attention_norm", "encoder.0.feed_forward_norm"}) {
    EXPECT_EQ(Layer(step, norm).forward_flops, 8 * n * C);
    EXPECT_EQ(Layer(step, norm).backward_flops, 18 * n * C);
  }
  EXPECT_EQ(Layer(step, "encoder.0").forward_flops, 2 * n * C);
  EXPECT_EQ(Layer(step, "encoder.0").backward_flops, 2 * 2 * n * C);
  // The last layer's queries and all after them are of M rows, keys and values of n.
  EXPECT_EQ(Layer(step, "encoder.1.attention").forward_flops,
            2 * 2 * n * C * C + 2 * 2 * M * C * C + 4 * M * T * C + 20 * M * T * H + M * C);
  EXPECT_EQ(Layer(step, "decoder").forward_flops, 2 * M * C * V + M * V);
}

TEST(StepAnalysis, FlopsAreTheProfiles) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  Profile profile;
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig(), {.observer = &profile});
  dry.Step(4);
  std::map<Profile::Kind, double> flops;
  for (const Profile::Row& row : profile.rows()) flops[row.kind] += row.flops;
  EXPECT_EQ(flops[Profile::Kind::kForward], 4.0 * step.micro_batch.forward_flops);
  EXPECT_EQ(flops[Profile::Kind::kBackward], 4.0 * step.micro_batch.backward_flops);
  EXPECT_EQ(step.step_flops(),
            flops[Profile::Kind::kForward] + flops[Profile::Kind::kBackward]);
}

TEST(StepAnalysis, ParametersStandWhereTheyAreRead) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  EXPECT_EQ(Layer(step, "embeddings").parameters, V * C + T * C);
  EXPECT_EQ(Layer(step, "encoder.1.attention").parameters, 4 * C * C);
  EXPECT_EQ(Layer(step, "encoder.1.attention_norm").parameters, 2 * C);
  EXPECT_EQ(Layer(step, "encoder.1.feed_forward").parameters, 2 * C * F + F + C);
  EXPECT_EQ(Layer(step, "encoder.1").parameters, 0);
  EXPECT_EQ(Layer(step, "decoder").parameters, C * V + V);
  EXPECT_EQ(step.micro_batch.parameters, CountParameters(TinyStepConfig()));
  EXPECT_EQ(Layer(step, "decoder").output.shape, Shape({M, V}));
}

// What is kept, and the inputs, is what the timeline has alive when backward begins.
TEST(StepAnalysis, KeptBytesAddUpToTheTimelines) {
  for (const char* packing : {"stream", "line"}) {
    for (const double dropout : {0.0, 0.1}) {
      TrainMlmSettings settings = TinyStepSettings();
      settings.set_packing(packing);
      settings.set_dropout(dropout);
      const StepAnalysis step = AnalyzeStep(settings, ConfigOf(settings, V));
      const MemoryTimeline::Bytes& bytes = step.memory.changes[step.memory.backward_begin - 1];
      EXPECT_EQ(step.micro_batch.kept_bytes + step.input_bytes,
                bytes[static_cast<int>(Purpose::kActivation)])
          << packing << " " << dropout;
    }
  }
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  // Of the feed-forward: its inner output before and after gelu.
  EXPECT_EQ(Layer(step, "encoder.0.feed_forward").kept_bytes, 2 * 4 * B * T * F);
  // The sum of a sublayer goes over its output's memory: two pieces in all.
  EXPECT_EQ(Layer(step, "encoder.0").kept_bytes, 2 * 4 * B * T * C);
}

TEST(StepAnalysis, PeaksAreThoseOfPredictMemory) {
  for (const int accumulation : {1, 4}) {
    TrainMlmSettings settings = TinyStepSettings();
    settings.set_accumulation(accumulation);
    const StepAnalysis step = AnalyzeStep(settings, TinyStepConfig());
    const Account predicted = PredictMemory(settings, TinyStepConfig());
    for (const Purpose purpose : kAllPurposes) {
      EXPECT_EQ(step.predicted.peak(purpose), predicted.peak(purpose)) << Name(purpose);
    }
    EXPECT_EQ(step.predicted.peak_total(), predicted.peak_total());
  }
}

TEST(StepAnalysis, MemoryShowsThePeak) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  const StepMemory& memory = step.memory;
  EXPECT_EQ(memory.peak_total, step.predicted.peak_total());
  ASSERT_GE(memory.peak, 0);
  int64_t initial = 0, alive = 0, at_peak = 0;
  for (const int64_t bytes : memory.initial) initial += bytes;
  for (const int64_t bytes : memory.changes[memory.peak]) at_peak += bytes;
  for (const MemoryTimeline::Block& block : memory.alive_at_peak) alive += block.bytes;
  EXPECT_EQ(at_peak, memory.peak_total);
  // What was there before is parameters, gradients, moments and the ids of the micro-batch
  // before, which go when the next one begins.
  const auto there = [&](const MemoryTimeline::Bytes& bytes) {
    return bytes[static_cast<int>(Purpose::kParameter)] +
           bytes[static_cast<int>(Purpose::kGradient)] +
           bytes[static_cast<int>(Purpose::kOptimizer)];
  };
  EXPECT_EQ(there(memory.initial), 16 * CountParameters(TinyStepConfig()) + 4 * 48);
  EXPECT_EQ(alive + there(memory.initial), memory.peak_total);
  EXPECT_EQ(initial - there(memory.initial), step.input_bytes);
  EXPECT_GT(memory.backward_begin, 0);
  EXPECT_GT(memory.backward_end, memory.backward_begin);
}

// Replays by layer add up to what the policy's own measurement says.
TEST(StepAnalysisTest, ReplaysByLayer) {
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig());
  const PolicyCost cost = MeasurePolicy(dry.graph(), RecomputeSegments());
  const StepAnalysis step =
      AnalyzeStep(TinyStepSettings(), TinyStepConfig(), RecomputeSegments());
  EXPECT_EQ(step.micro_batch.replays, cost.replays);
  EXPECT_EQ(step.micro_batch.replay_flops, cost.replay_flops);
  EXPECT_GT(cost.replays, 0);
  EXPECT_EQ(Layer(step, "embeddings").replays, 0);
  EXPECT_EQ(Layer(step, "encoder.0.feed_forward").replays, 2);  // in, gelu
  EXPECT_EQ(AnalyzeStep(TinyStepSettings(), TinyStepConfig()).micro_batch.replays, 0);
}

}  // namespace
}  // namespace hairpin
