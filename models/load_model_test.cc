#include "models/load_model.h"

#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/gpt/gpt.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

GptConfig Small() {
  GptConfig config = GptPreset();
  config.set_layers(1), config.set_hidden(4), config.set_heads(1), config.set_intermediate(4);
  config.set_seq_len(4), config.set_vocab_size(6);
  return config;
}

// The checkpoint of a small model, whose config says something else.
std::string Saved(const std::string& name, const std::function<void(GptConfig*)>& change) {
  Gpt model({.seed = 1}, Small());
  GptConfig config = Small();
  change(&config);
  nn::CheckpointMetadata metadata;
  nn::PackConfig(config, &metadata);
  EXPECT_TRUE(nn::WriteCheckpoint(TestPath(name), metadata, nn::ParameterState(model)).ok());
  return TestPath(name);
}

absl::StatusOr<std::unique_ptr<Gpt>> Load(const std::string& path) {
  const absl::StatusOr<GptConfig> config = ReadConfig<GptConfig>(path);
  if (!config.ok()) return config.status();
  return LoadModel<Gpt>(path, *config);
}

TEST(LoadModel, GivesTheSavedBits) {
  Gpt model({.seed = 1}, Small());
  const auto loaded = Load(Saved("same", [](GptConfig*) {}));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(nn::Digest(nn::ParameterState(**loaded)), nn::Digest(nn::ParameterState(model)));
}

// None of these sizes fits into the memory of any machine: the process would end.
TEST(LoadModel, OfSizesThatTheTensorsHaveNotIsAnErrorAndTakesNoMemory) {
  const std::string wide = Saved("wide", [](GptConfig* config) { config->set_hidden(1 << 20); });
  EXPECT_THAT(std::string(Load(wide).status().message()),
              AllOf(StartsWith(wide), HasSubstr("[6, 4]"), HasSubstr("[6, 1048576]")));
  const std::string words = Saved("words", [](GptConfig* config) {
    config->set_vocab_size(1 << 20), config->set_seq_len(1 << 20), config->set_hidden(1 << 20);
  });
  EXPECT_THAT(std::string(Load(words).status().message()), StartsWith(words));
  const std::string deep = Saved("deep", [](GptConfig* config) { config->set_layers(3000); });
  EXPECT_THAT(std::string(Load(deep).status().message()),
              AllOf(StartsWith(deep), HasSubstr("is missing")));
}

TEST(ReadConfig, OfTooManyLayersOrAnotherModelIsAnError) {
  const std::string deep = Saved("deep", [](GptConfig* config) { config->set_layers(1 << 20); });
  EXPECT_EQ(ReadConfig<GptConfig>(deep).status().message(),
            deep + ": layers: found 1048576, expected 1 to 16384");
  nn::CheckpointMetadata metadata;
  metadata.set_config_type("hairpin.VaeConfig");
  ASSERT_TRUE(nn::WriteCheckpoint(TestPath("vae"), metadata, {}).ok());
  EXPECT_THAT(std::string(ReadConfig<GptConfig>(TestPath("vae")).status().message()),
              AllOf(StartsWith(TestPath("vae")), HasSubstr("'hairpin.VaeConfig'")));
}

}  // namespace
}  // namespace hairpin
