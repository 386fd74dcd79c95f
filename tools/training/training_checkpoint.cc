#include "tools/training/training_checkpoint.h"

#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"

namespace hairpin {

nn::StateDict TensorsOf(const TrainedModel& trained) {
  const nn::StateDict weights = nn::ParameterState(trained.model);
  nn::StateDict tensors = weights;
  if (trained.average != nullptr) {
    const AveragedWeights averaged(*trained.average);
    tensors = nn::ParameterState(trained.model);
  }
  trained.optimizer.VisitState([&](const std::string& name, Tensor& tensor) {
    tensors.push_back({nn::kOptimizerKind, name, tensor});
  });
  for (size_t i = 0; i < weights.size(); ++i) {
    if (tensors[i].tensor.storage() == weights[i].tensor.storage()) continue;
    tensors.push_back({nn::kOptimizerKind, weights[i].name + ".trained", weights[i].tensor});
  }
  return tensors;
}

absl::Status WriteTraining(const std::string& path, const TrainedModel& trained, int64_t step,
                           const TrainingState& state) {
  nn::CheckpointMetadata metadata;
  nn::PackConfig(trained.config, &metadata);
  metadata.set_step(step);
  metadata.set_optimizer_steps(trained.optimizer.step_count());
  metadata.set_state_type(state.GetTypeName());
  state.SerializeToString(metadata.mutable_state());
  return nn::WriteCheckpoint(path, metadata, TensorsOf(trained));
}

absl::StatusOr<TrainingPosition> ReadPosition(const std::string& path) {
  const absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpointMetadata(path);
  if (!metadata.ok()) return metadata.status();
  TrainingPosition position = {.step = metadata->step(), .state = {}};
  TrainingState& state = position.state;
  if (metadata->state_type() != state.GetTypeName() ||
      !state.ParseFromString(metadata->state())) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": found a state of type '",
                                                   metadata->state_type(), "', expected ",
                                                   state.GetTypeName()));
  }
  // No training comes so far, and what is added to them doesn't overflow.
  constexpr int64_t kMost = int64_t{1} << 60;
  for (const int64_t number :
       {metadata->step(), metadata->optimizer_steps(), state.next_sample(), state.count(),
        state.correct(), state.inputs(), state.micro_batches(), state.metrics_bytes(),
        state.skipped_steps(), state.nonfinite_steps(), state.logged_nonfinite_steps(),
        state.evaluations_since_best()}) {
    if (number >= 0 && number <= kMost) continue;
    return absl::InvalidArgumentError(absl::StrCat(path, ": found the number ", number,
                                                   " in its position, expected 0 to ", kMost));
  }
  return position;
}

absl::StatusOr<int64_t> ReadTraining(const std::string& path, const TrainedModel& trained,
                                     TrainingState* state) {
  // Before any tensor changes.
  const absl::StatusOr<TrainingPosition> position = ReadPosition(path);
  if (!position.ok()) return position.status();
  nn::StateDict tensors = TensorsOf(trained);
  const absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpoint(path, &tensors);
  if (!metadata.ok()) return metadata.status();
  *state = position->state;
  trained.optimizer.set_step_count(metadata->optimizer_steps());
  return metadata->step();
}

}  // namespace hairpin
