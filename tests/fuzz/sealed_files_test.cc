// Files that somebody has changed and sealed again: their checksums are right, and what they say is
// anything. Configs in checkpoints and settings in run.textproto are a small model's, with extreme
// values in random fields (fixed seed); what programs do with them ends in a result or an error
// that names the file, within the memory of a small model.
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <limits>
#include <random>
#include <string>

#include <google/protobuf/message.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/gpt/gpt.h"
#include "models/load_model.h"
#include "models/lstm_lm/lstm_lm.h"
#include "models/mini_bert/mini_bert.h"
#include "models/text_classifier/text_classifier.h"
#include "nn/checkpoint.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/mlm_memory.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/resumed_run.h"
#include "tools/training/run_folder.h"
#include "tools/training/tiny_run.h"
#include "tools/training/toy_task.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kTrials = 60;

template <class T, size_t N>
T OneOf(const T (&values)[N], std::mt19937* random) {
  return values[(*random)() % N];
}

// Gives one field of `message`, or of a message in it, an extreme value.
void ChangeAField(Message* message, std::mt19937* random) {
  static constexpr int64_t kIntegers[] = {-1, 0, 1, 2, 3, 8, 1000, 16384, 65536, 1 << 20,
                                          std::numeric_limits<int32_t>::max(),
                                          std::numeric_limits<int32_t>::min()};
  static constexpr int64_t kLong[] = {std::numeric_limits<int64_t>::max(),
                                      std::numeric_limits<int64_t>::min(), int64_t{1} << 40};
  static constexpr double kNumbers[] = {0, -1, 0.5, 1, 1e308, 5e-324,
                                        std::numeric_limits<double>::infinity(),
                                        std::numeric_limits<double>::quiet_NaN()};
  static const std::string kTexts[] = {"", "none", "adamw", "\n", "budget:1B", "budget:50%",
                                       std::string(300, 'a'), "*=lr:0"};
  const auto* const descriptor = message->GetDescriptor();
  const FieldDescriptor* const field =
      descriptor->field(static_cast<int>((*random)() % descriptor->field_count()));
  const auto* const reflection = message->GetReflection();
  if (field->is_repeated()) {
    if (reflection->FieldSize(*message, field) > 0) reflection->RemoveLast(message, field);
    return;
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      reflection->SetInt32(message, field, static_cast<int32_t>(OneOf(kIntegers, random)));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection->SetInt64(message, field,
                           (*random)() % 2 == 0 ? OneOf(kLong, random) : OneOf(kIntegers, random));
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      reflection->SetDouble(message, field, OneOf(kNumbers, random));
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(message, field, !reflection->GetBool(*message, field));
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      reflection->SetString(message, field, OneOf(kTexts, random));
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      ChangeAField(reflection->MutableMessage(message, field), random);
      return;
    default:
      FAIL() << field->full_name() << ": a type that has no values here";
  }
}

template <class Model, class Config>
void CheckConfigs(const Config& config) {
  Model model({.seed = 1}, config);
  const nn::StateDict state = nn::ParameterState(model);
  const std::string digest = nn::Digest(state), path = TestPath(config.GetTypeName());
  std::mt19937 random(1);
  int loaded = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Config changed = config;
    for (int i = 0; i <= trial % 3; ++i) ChangeAField(&changed, &random);
    nn::CheckpointMetadata metadata;
    nn::PackConfig(changed, &metadata);
    ASSERT_TRUE(nn::WriteCheckpoint(path, metadata, state).ok());
    SCOPED_TRACE(changed.ShortDebugString());
    const absl::StatusOr<Config> read = ReadConfig<Config>(path);
    absl::Status status = read.status();
    if (status.ok()) {
      const auto made = LoadModel<Model>(path, *read);
      status = made.status();
      loaded += made.ok();
      if (made.ok()) {
        EXPECT_EQ(nn::Digest(nn::ParameterState(**made)), digest);
      }
    }
    if (!status.ok()) {
      EXPECT_EQ(std::string(status.message()).find(path), 0u) << status;
    }
  }
  EXPECT_GT(loaded, 0);
  EXPECT_LT(loaded, kTrials);
}

MiniBertConfig SmallEncoder() {
  MiniBertConfig config = MiniPreset();
  config.set_layers(1), config.set_hidden(8), config.set_heads(2), config.set_intermediate(8);
  config.set_seq_len(8), config.set_vocab_size(16);
  return config;
}

TEST(SealedCheckpoint, OfAMiniBert) { CheckConfigs<MiniBert>(SmallEncoder()); }

TEST(SealedCheckpoint, OfATextClassifier) {
  TextClassifierConfig config;
  *config.mutable_encoder() = SmallEncoder();
  config.add_labels("cat"), config.add_labels("dog");
  CheckConfigs<TextClassifier>(config);
}

TEST(SealedCheckpoint, OfAGpt) {
  GptConfig config = GptPreset();
  config.set_layers(1), config.set_hidden(8), config.set_heads(2), config.set_intermediate(8);
  config.set_seq_len(8), config.set_vocab_size(16);
  CheckConfigs<Gpt>(config);
}

TEST(SealedCheckpoint, OfALstm) {
  LstmLmConfig config = LstmLmPreset();
  config.set_layers(1), config.set_hidden(8), config.set_embedding(8), config.set_vocab_size(16);
  CheckConfigs<LstmLm>(config);
}

// What --resume reads of a run, and what it then knows of the memory that it would take.
TEST(SealedRun, OfTrainMlm) {
  const RunFolder folder(TestPath("sealed"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  std::mt19937 random(1);
  int read = 0;
  for (int trial = 0; trial < 2 * kTrials; ++trial) {
    ::hairpin::Run run;
    *run.mutable_given() = TinySettings();
    *run.mutable_settings() = TinySettings();
    for (int i = 0; i <= trial % 3; ++i) {
      ChangeAField(i == 2 ? run.mutable_given() : run.mutable_settings(), &random);
    }
    if (trial % 5 == 0) ChangeAField(&run, &random);
    ASSERT_TRUE(folder.WriteRun(run).ok());
    SCOPED_TRACE(run.ShortDebugString());
    const absl::StatusOr<ResumedRun> resumed =
        ReadResumedRun(TrainMlmRules(), folder, TrainMlmSettings());
    if (!resumed.ok()) {
      EXPECT_THAT(std::string(resumed.status().message()),
                  testing::HasSubstr(folder.path() + "/run.textproto: "));
      continue;
    }
    ++read;
    const auto& settings = static_cast<const TrainMlmSettings&>(*resumed->settings);
    (void)FindEnd(folder, CommonSettings(settings));
    const MiniBertConfig config = ConfigOf(settings, settings.vocab_size());
    if (!ValidateConfig(config).ok()) continue;
    EXPECT_GT(PredictMemory(settings, config).peak_total(), 0);
  }
  EXPECT_GT(read, kTrials / 4);
}

// Where a training was, in its checkpoint.
TEST(SealedPosition, OfATraining) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_checkpoint_every(2);
  const RunFolder folder(TestPath("position"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  Progress progress(/*terminal=*/false);
  ToyTask task({});
  Trainer trainer(settings, task, folder, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok() && trainer.Step().ok());
  const std::string path = folder.checkpoint(2);
  const std::string metrics = *ReadFile(folder.metrics());
  const nn::CheckpointMetadata metadata = *nn::ReadCheckpointMetadata(path);
  nn::StateDict tensors;
  ASSERT_TRUE(nn::VisitCheckpoint(path, [&](const nn::StateEntry& entry) {
    tensors.push_back(entry);
  }).ok());
  std::mt19937 random(1);
  int resumed = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    TrainingState state;
    ASSERT_TRUE(state.ParseFromString(metadata.state()));
    for (int i = 0; i <= trial % 3; ++i) ChangeAField(&state, &random);
    SCOPED_TRACE(state.ShortDebugString());
    nn::CheckpointMetadata changed = metadata;
    state.SerializeToString(changed.mutable_state());
    if (trial % 4 == 0) changed.set_step(trial % 8 == 0 ? -1 : int64_t{1} << 62);
    ASSERT_TRUE(nn::WriteCheckpoint(path, changed, tensors).ok());
    ASSERT_TRUE(WriteFileAtomically(folder.metrics(), metrics).ok());
    ToyTask again({});
    Trainer second(settings, again, folder, progress);
    if (absl::Status s = second.Resume(); s.ok()) {
      ++resumed;
      EXPECT_GE(second.step(), 0);
      EXPECT_TRUE(second.Train().ok());
    } else {
      EXPECT_THAT(std::string(s.message()), testing::HasSubstr(folder.path()));
    }
    const auto checkpoints = folder.Checkpoints();
    for (const std::string& left : *checkpoints) std::remove(left.c_str());
    std::remove((path + ".damaged").c_str());
  }
  EXPECT_GT(resumed, 0);
  EXPECT_LT(resumed, kTrials);
}

}  // namespace
}  // namespace hairpin
