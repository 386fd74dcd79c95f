// A training as a checkpoint file: the model's parameters, the optimizer's
// moments, and the position.
//
//   absl::Status status = WriteTraining(path, {model, config, optimizer}, step, state);
//   absl::StatusOr<int64_t> step = ReadTraining(path, {model, config, optimizer}, &state);
//
// What the next step needs to have the same bits, and nothing else. With an average of the weights
// the file's model has the averages, for all that read it, and the weights that training stands at
// are among the optimizer's, as "<parameter>.trained".
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_CHECKPOINT_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/state_dict.h"
#include "optim/optimizer.h"
#include "optim/weight_average.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// What is trained, what made it, and what trains it.
struct TrainedModel {
  nn::Module& model;
  const google::protobuf::Message& config;
  Optimizer& optimizer;
  WeightAverage* average = nullptr;
};

// Parameters and moments: views, not copies. Not while the averages are in the model.
nn::StateDict TensorsOf(const TrainedModel& trained);

// Whole or not at all.
absl::Status WriteTraining(const std::string& path, const TrainedModel& trained, int64_t step,
                           const TrainingState& state);

// How far a training is.
struct TrainingPosition {
  int64_t step = 0;  // finished ones
  TrainingState state;
};

// The position alone; says nothing of whether the tensors behind it are whole.
absl::StatusOr<TrainingPosition> ReadPosition(const std::string& path);

// The number of finished steps; on an error nothing has changed. INVALID_ARGUMENT
// where the file holds the state of something else; else the errors of
// nn/checkpoint.h.
absl::StatusOr<int64_t> ReadTraining(const std::string& path, const TrainedModel& trained,
                                     TrainingState* state);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_CHECKPOINT_H_
