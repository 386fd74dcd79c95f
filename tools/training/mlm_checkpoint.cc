#include "tools/training/mlm_checkpoint.h"

#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"

namespace hairpin {

nn::StateDict TensorsOf(const TrainedModel& trained) {
  nn::StateDict tensors = nn::ParameterState(trained.model);
  trained.optimizer.VisitState([&](const std::string& name, Tensor& tensor) {
    tensors.push_back({nn::kOptimizerKind, name, tensor});
  });
  return tensors;
}

absl::Status WriteTraining(const std::string& path, const TrainedModel& trained, int64_t step,
                           const TrainingState& state) {
  nn::CheckpointMetadata metadata;
  nn::PackConfig(trained.model.config(), &metadata);
  metadata.set_step(step);
  metadata.set_optimizer_steps(trained.optimizer.step_count());
  metadata.set_state_type(state.GetTypeName());
  state.SerializeToString(metadata.mutable_state());
  return nn::WriteCheckpoint(path, metadata, TensorsOf(trained));
}

absl::StatusOr<int64_t> ReadTraining(const std::string& path, const TrainedModel& trained,
                                     TrainingState* state) {
  const absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpointMetadata(path);
  if (!metadata.ok()) return metadata.status();
  // Before any tensor changes.
  TrainingState read;
  if (metadata->state_type() != read.GetTypeName() || !read.ParseFromString(metadata->state())) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": found a state of type '",
                                                   metadata->state_type(), "', expected ",
                                                   read.GetTypeName()));
  }
  nn::StateDict tensors = TensorsOf(trained);
  if (const auto found = nn::ReadCheckpoint(path, &tensors); !found.ok()) return found.status();
  *state = read;
  trained.optimizer.set_step_count(metadata->optimizer_steps());
  return metadata->step();
}

}  // namespace hairpin
