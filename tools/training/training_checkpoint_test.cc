#include "tools/training/training_checkpoint.h"

#include <cstdint>
#include <map>
#include <string>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/checkpoint.h"
#include "optim/adamw.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_contents.h"
#include "tools/training/run_folder.h"
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

// What tests compare of a checkpoint in a run's folder: whatever is another one but times.
TEST(RunContents, HasAllOfAPositionButTimes) {
  Training training(1);
  const RunFolder folder(TestPath("contents"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  const auto write = [&](const std::string& line, int64_t step, TrainingState state) {
    ASSERT_TRUE(WriteFileAtomically(folder.metrics(), line + "{\"step\":2}\n").ok());
    state.set_metrics_bytes(static_cast<int64_t>(line.size()) + state.metrics_bytes());
    ASSERT_TRUE(WriteTraining(folder.checkpoint(7), training.trained(), step, state).ok());
  };
  const std::string line = "{\"step\":1,\"seconds\":0.25}\n";
  const std::string place = "checkpoints/step-000007, all but tensors: is another one\n";
  write(line, 7, training.state);
  const std::map<std::string, std::string> expected = RunContents(folder.path());
  const auto difference = [&] { return Difference(expected, RunContents(folder.path())); };
  write("{\"step\":1,\"seconds\":10.5625}\n", 7, training.state);
  EXPECT_EQ(difference(), "");
  write(line, 8, training.state);
  EXPECT_EQ(difference(), place);
  training.optimizer.set_step_count(2);
  write(line, 7, training.state);
  EXPECT_EQ(difference(), place);
  training.optimizer.set_step_count(1);
  const google::protobuf::Descriptor& state = *TrainingState::descriptor();
  for (int i = 0; i < state.field_count(); ++i) {
    using Field = google::protobuf::FieldDescriptor;
    const std::string name(state.field(i)->name());
    const Field::CppType type = state.field(i)->cpp_type();
    const char* const value = type == Field::CPPTYPE_STRING ? "'AVX9'"
                              : type == Field::CPPTYPE_BOOL ? "true"
                                                            : "3";
    TrainingState other = training.state;
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(
        absl::StrCat(name, ": ", value), &other));
    write(line, 7, other);
    EXPECT_EQ(difference(), name.ends_with("seconds") ? "" : place) << name;
  }
}

}  // namespace
}  // namespace hairpin
