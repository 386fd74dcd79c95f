// A trained model from its checkpoint, which comes from outside: what the config in it says is held
// against its tensors before any memory is taken for it.
//
//   absl::StatusOr<GptConfig> config = ReadConfig<GptConfig>(path);
//   if (config.ok()) {
//     absl::StatusOr<std::unique_ptr<Gpt>> model = LoadModel<Gpt>(path, *config);
//   }
//
// Errors name the file, and are those of nn/checkpoint.h and of the config's ValidateConfig.
#ifndef HAIRPIN_MODELS_LOAD_MODEL_H_
#define HAIRPIN_MODELS_LOAD_MODEL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"
#include "nn/state_dict.h"
#include "tensor/storage.h"

namespace hairpin {

// The config of a checkpoint, valid. INVALID_ARGUMENT where it is another model's.
template <class Config>
absl::StatusOr<Config> ReadConfig(const std::string& path) {
  const auto metadata = nn::ReadCheckpointMetadata(path);
  if (!metadata.ok()) return metadata.status();
  absl::StatusOr<Config> config = nn::UnpackConfig<Config>(*metadata);
  absl::Status status = config.status();
  if (status.ok()) status = ValidateConfig(*config);
  if (status.ok()) return config;
  return absl::Status(status.code(), absl::StrCat(path, ": ", std::string(status.message())));
}

// The model of a valid config, with the checkpoint's parameters. One without numbers is made first
// and compared with the file: sizes that somebody wrote into the config take no memory.
template <class Model, class Config>
absl::StatusOr<std::unique_ptr<Model>> LoadModel(const std::string& path, const Config& config) {
  {
    Allocator dry(Allocator::Kind::kDry);
    Model shapes({.allocator = &dry}, config);
    const absl::Status same = nn::MatchCheckpoint(path, nn::ParameterState(shapes));
    if (!same.ok()) return same;
  }
  auto model = std::make_unique<Model>(nn::ModuleContext{}, config);
  nn::StateDict state = nn::ParameterState(*model);
  if (const auto read = nn::ReadCheckpoint(path, &state); !read.ok()) return read.status();
  return model;
}

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_LOAD_MODEL_H_
