// PieceReader: the pieces of a checkpoint's tensors, checked as they come. What
// reading, verifying and comparing checkpoints share; for this folder.
//
//   auto reader = PieceReader::Open(path);
//   StateEntry entry;
//   while (*(*reader)->NextTensor(&entry)) ...   // or Next() and piece()
#ifndef HAIRPIN_NN_PIECE_READER_H_
#define HAIRPIN_NN_PIECE_READER_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/checkpoint.pb.h"
#include "nn/record_file.h"
#include "nn/state_dict.h"
#include "tensor/tensor.h"

namespace hairpin::nn {

// "float32 [2, 3]".
std::string DescribeSpec(const TensorSpec& spec);

// Errors are DATA_LOSS with the file, the record and its place (nn/record_file.h).
class PieceReader {
 public:
  using Key = std::pair<std::string, std::string>;  // kind and name

  // Opens and reads the metadata.
  static absl::StatusOr<std::unique_ptr<PieceReader>> Open(const std::string& path);
  const CheckpointMetadata& metadata() const { return metadata_; }

  // The next piece, checked; false after the last one.
  absl::StatusOr<bool> Next();
  const TensorPiece& piece() const { return piece_; }
  const TensorSpec& spec() const { return spec_; }
  // Whether this piece is the last of its tensor.
  bool last() const { return end_ == spec_bytes_; }
  Key key() const { return {piece_.kind(), piece_.name()}; }

  // All pieces of the next tensor, made anew; false after the last one.
  absl::StatusOr<bool> NextTensor(StateEntry* entry);

  int64_t num_records() const { return records_->num_records(); }
  absl::Status Error(std::string_view message) const { return records_->Error(message); }

 private:
  explicit PieceReader(std::unique_ptr<RecordReader> records) : records_(std::move(records)) {}
  absl::Status Unfinished() const;
  absl::Status CheckPiece();

  std::unique_ptr<RecordReader> records_;
  std::string buffer_;
  CheckpointMetadata metadata_;
  TensorPiece piece_;
  // The present tensor, and how many of its bytes have come.
  std::string name_;
  TensorSpec spec_;
  int64_t spec_bytes_ = 0, end_ = 0;
  std::set<Key> seen_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_PIECE_READER_H_
