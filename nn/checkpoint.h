// Checkpoints: a file with a model's config and the bits of all its tensors.
//
//   nn::CheckpointMetadata metadata;
//   nn::PackConfig(config, &metadata);
//   metadata.set_step(500);
//   absl::Status status = nn::WriteCheckpoint(path, metadata, state);
//
//   absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpoint(path, &state);
//
// The file is one of records (nn/record_file.h), the records are messages
// (nn/checkpoint.proto). Written and read piece by piece: besides the tensors
// themselves a few hundred KiB of memory. Errors name the file, the record and
// what was found and expected: DATA_LOSS for damage, NOT_FOUND and so on from the
// file system, INVALID_ARGUMENT for another model's tensors.
#ifndef HAIRPIN_NN_CHECKPOINT_H_
#define HAIRPIN_NN_CHECKPOINT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.pb.h"
#include "nn/state_dict.h"

namespace hairpin::nn {

// The whole file or none (tensor/file.h). RESOURCE_EXHAUSTED, before anything is written, where
// the disk has less room than it needs.
absl::Status WriteCheckpoint(const std::string& path, const CheckpointMetadata& metadata,
                             const StateDict& state);

// Reads every byte and checks every CRC, message and piece, but no tensor is made.
// `num_records`, unless null, is set to how many records there were.
absl::StatusOr<CheckpointMetadata> VerifyCheckpoint(const std::string& path,
                                                    int64_t* num_records = nullptr);

// Only the metadata; the tensors are not looked at.
absl::StatusOr<CheckpointMetadata> ReadCheckpointMetadata(const std::string& path);

// Verifies the file, and that it holds what ReadCheckpoint(path, state) asks for. Of tensors only
// dtypes and shapes are looked at: they may be a dry allocator's.
absl::Status MatchCheckpoint(const std::string& path, const StateDict& state);

// Fills the tensors of `state`. The file must hold exactly these, of the same
// dtypes and shapes; kinds that `state` has none of are passed over, so that a
// program without an optimizer reads the parameters only. The file is verified
// as a whole first: on an error nothing has changed.
absl::StatusOr<CheckpointMetadata> ReadCheckpoint(const std::string& path, StateDict* state);
// The same where the file may hold other tensors, too: a model's part takes its own.
absl::StatusOr<CheckpointMetadata> ReadCheckpointPart(const std::string& path, StateDict* state);

// Makes each tensor in turn and hands it to `visit`; for looking at files.
absl::Status VisitCheckpoint(const std::string& path,
                             const std::function<void(const StateEntry&)>& visit);

// Puts a config message into the metadata, and takes it out again:
// INVALID_ARGUMENT if it is of another type, DATA_LOSS if it can't be parsed.
template <class Message>
void PackConfig(const Message& config, CheckpointMetadata* metadata) {
  metadata->set_config_type(config.GetTypeName());
  config.SerializeToString(metadata->mutable_config());
}
template <class Message>
absl::StatusOr<Message> UnpackConfig(const CheckpointMetadata& metadata) {
  Message message;
  if (metadata.config_type() != message.GetTypeName()) {
    return absl::InvalidArgumentError(absl::StrCat("config is a '", metadata.config_type(),
                                                   "', expected '", message.GetTypeName(), "'"));
  }
  if (!message.ParseFromString(metadata.config())) {
    return absl::DataLossError(absl::StrCat("config of type ", message.GetTypeName(),
                                            " cannot be parsed"));
  }
  return message;
}

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_CHECKPOINT_H_
