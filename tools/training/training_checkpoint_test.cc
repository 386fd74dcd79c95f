#include "tools/training/training_checkpoint.h"

#include <string>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/checkpoint.h"
#include "optim/adamw.h"
#include "tensor/test_files.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

// A model, its optimizer, and the position of its training.
struct Training {
  explicit Training(uint64_t seed, int32_t vocab_size = 11)
      : model({.seed = seed}, ConfigOf(TinySettings(), vocab_size)),
        optimizer(DecayMatricesOnly(model, 0.01)) {
    // Moments that tell one from another, as if steps had been made.
    for (const nn::StateEntry& entry : TensorsOf(trained())) {
      if (entry.kind != nn::kOptimizerKind) continue;
      Tensor tensor = entry.tensor;
      tensor.mutable_data<float>()[0] = static_cast<float>(seed);
    }
    optimizer.set_step_count(static_cast<int64_t>(seed));
    state.set_next_sample(static_cast<int64_t>(100 * seed));
  }
  TrainedModel trained() { return {model, model.config(), optimizer}; }
  // All that a checkpoint holds, but for the number of steps.
  std::string All() {
    return absl::StrCat(nn::Digest(TensorsOf(trained())), " ", optimizer.step_count(), " ",
                        state.ShortDebugString());
  }

  MiniBert model;
  AdamW optimizer;
  TrainingState state;
};

TEST(TrainingCheckpoint, GivesBackEverything) {
  Training written(1), read(2);
  ASSERT_NE(read.All(), written.All());
  ASSERT_TRUE(WriteTraining(TestPath("all"), written.trained(), 7, written.state).ok());
  const absl::StatusOr<int64_t> step = ReadTraining(TestPath("all"), read.trained(), &read.state);
  ASSERT_TRUE(step.ok()) << step.status().ToString();
  EXPECT_EQ(*step, 7);
  EXPECT_EQ(read.All(), written.All());
}

TEST(TrainingCheckpoint, HoldsTheModelsConfigForOthers) {
  Training written(1);
  ASSERT_TRUE(WriteTraining(TestPath("config"), written.trained(), 7, written.state).ok());
  const auto metadata = nn::ReadCheckpointMetadata(TestPath("config"));
  ASSERT_TRUE(metadata.ok());
  EXPECT_EQ(metadata->step(), 7);
  const auto config = nn::UnpackConfig<MiniBertConfig>(*metadata);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->SerializeAsString(), written.model.config().SerializeAsString());
}

TEST(TrainingCheckpoint, OfSomethingElseIsAnErrorAndChangesNothing) {
  Training training(2);
  const std::string before = training.All();
  const auto error = [&](const std::string& name) {
    const auto step = ReadTraining(TestPath(name), training.trained(), &training.state);
    EXPECT_FALSE(step.ok());
    EXPECT_EQ(training.All(), before);
    return Message(step.status());
  };
  // The same tensors, with the state of another program.
  Training other(1);
  nn::CheckpointMetadata metadata;
  metadata.set_state_type("hairpin.Run");
  ASSERT_TRUE(nn::WriteCheckpoint(TestPath("program"), metadata, TensorsOf(other.trained())).ok());
  EXPECT_EQ(error("program"), TestPath("program") + ": found a state of type 'hairpin.Run', "
                                                    "expected hairpin.TrainingState");
  Training larger(1, 12);
  ASSERT_TRUE(WriteTraining(TestPath("larger"), larger.trained(), 7, larger.state).ok());
  EXPECT_THAT(error("larger"), EndsWith("is float32 [12, 8], expected float32 [11, 8]"));
  EXPECT_THAT(error("none"), StartsWith(TestPath("none") + ": cannot open: No such file"));
}

}  // namespace
}  // namespace hairpin
