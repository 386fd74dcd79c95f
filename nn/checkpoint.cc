#include "nn/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "nn/record_file.h"

namespace hairpin::nn {
namespace {

constexpr int64_t kPieceBytes = 256 << 10;

using Key = std::pair<std::string, std::string>;  // kind and name

std::string Describe(const TensorSpec& spec) {
  return absl::StrCat(Name(spec.dtype), " ", spec.shape.ToString());
}

// Reads records and checks that they make whole tensors.
class PieceReader {
 public:
  static absl::StatusOr<std::unique_ptr<PieceReader>> Open(const std::string& path) {
    auto records = RecordReader::Open(path);
    if (!records.ok()) return records.status();
    std::unique_ptr<PieceReader> reader(new PieceReader);
    reader->records_ = *std::move(records);
    absl::StatusOr<bool> more = reader->records_->Next(&reader->buffer_);
    if (!more.ok()) return more.status();
    if (!*more) return reader->records_->Error("the metadata is missing");
    if (!reader->metadata_.ParseFromString(reader->buffer_)) {
      return reader->records_->Error("the metadata cannot be parsed");
    }
    return reader;
  }

  const CheckpointMetadata& metadata() const { return metadata_; }

  // The next piece, checked; false after the last one.
  absl::StatusOr<bool> Next() {
    absl::StatusOr<bool> more = records_->Next(&buffer_);
    if (!more.ok()) return more.status();
    if (!*more) return end_ == spec_bytes_ ? absl::StatusOr<bool>(false) : Unfinished();
    if (!piece_.ParseFromString(buffer_)) return Error("it is no piece of a tensor");
    if (absl::Status status = CheckPiece(); !status.ok()) return status;
    return true;
  }
  const TensorPiece& piece() const { return piece_; }
  const TensorSpec& spec() const { return spec_; }
  // Whether this piece is the last of its tensor.
  bool last() const { return end_ == spec_bytes_; }
  Key key() const { return {piece_.kind(), piece_.name()}; }
  absl::Status Error(std::string_view message) const { return records_->Error(message); }

 private:
  absl::Status Unfinished() const {
    return Error(absl::StrCat("tensor ", name_, " ends after ", end_, " of ", spec_bytes_,
                              " bytes"));
  }

  absl::Status CheckPiece() {
    const std::string name = absl::StrCat(piece_.kind(), " ", piece_.name());
    const int64_t bytes = static_cast<int64_t>(piece_.data().size());
    const std::optional<Shape> shape =
        Shape::kMaxRank >= piece_.shape_size()
            ? Shape::TryMake({piece_.shape().data(), static_cast<size_t>(piece_.shape_size())})
            : std::nullopt;
    if (!shape) return Error(absl::StrCat("tensor ", name, " has an impossible shape"));
    if (piece_.dtype() < TensorProto::FLOAT32 || piece_.dtype() > TensorProto::INT32) {
      return Error(absl::StrCat("tensor ", name, " has dtype number ", piece_.dtype()));
    }
    const TensorSpec spec = {static_cast<DType>(piece_.dtype()), *shape};
    if (shape->num_elements() > records_->file_bytes()) {
      return Error(absl::StrCat("tensor ", name, " of ", Describe(spec), " does not fit a file of ",
                                records_->file_bytes(), " bytes"));
    }
    if (end_ == spec_bytes_) {  // a new tensor
      if (!seen_.insert(key()).second) return Error(absl::StrCat("tensor ", name, " comes twice"));
      name_ = name;
      spec_ = spec;
      spec_bytes_ = spec.bytes();
      end_ = 0;
    } else if (name != name_ || !(spec == spec_)) {
      return Unfinished();
    }
    if (piece_.offset() != end_ || bytes > spec_bytes_ - end_ || (bytes == 0 && spec_bytes_ > 0)) {
      return Error(absl::StrCat("tensor ", name, ": bytes ", piece_.offset(), " to ",
                                piece_.offset() + bytes, " found, expected ", end_, " to at most ",
                                spec_bytes_));
    }
    end_ += bytes;
    return absl::OkStatus();
  }

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

absl::Status Mismatch(const std::string& path, const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", message));
}

// Whether the file holds the tensors of `state`, and everything in it is whole.
absl::Status CheckAgainst(const std::string& path, const std::map<Key, Tensor*>& wanted) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  std::set<std::string> kinds;
  for (const auto& [key, tensor] : wanted) kinds.insert(key.first);
  std::set<Key> found;
  absl::Status mismatch;  // damage further on comes first
  while (true) {
    absl::StatusOr<bool> more = (*reader)->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    const Key key = (*reader)->key();
    if (!mismatch.ok() || kinds.count(key.first) == 0 || !found.insert(key).second) continue;
    const auto it = wanted.find(key);
    if (it == wanted.end()) {
      mismatch = Mismatch(path, absl::StrCat("holds ", key.first, " ", key.second, ", ",
                                             Describe((*reader)->spec()),
                                             ", which the model does not have"));
    } else if (!(it->second->spec() == (*reader)->spec())) {
      mismatch = Mismatch(path, absl::StrCat(key.first, " ", key.second, " is ",
                                             Describe((*reader)->spec()), ", expected ",
                                             Describe(it->second->spec())));
    }
  }
  if (!mismatch.ok()) return mismatch;
  for (const auto& [key, tensor] : wanted) {
    if (found.count(key) == 0) {
      return Mismatch(path, absl::StrCat(key.first, " ", key.second, ", ",
                                         Describe(tensor->spec()), ", is missing"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteCheckpoint(const std::string& path, const CheckpointMetadata& metadata,
                             const StateDict& state) {
  auto writer = RecordWriter::Create(path);
  if (!writer.ok()) return writer.status();
  std::string buffer;
  metadata.SerializeToString(&buffer);
  absl::Status status = (*writer)->Append(buffer);
  TensorPiece piece;
  for (const StateEntry& entry : state) {
    piece.set_kind(entry.kind);
    piece.set_name(entry.name);
    piece.set_dtype(static_cast<TensorProto::DType>(entry.tensor.dtype()));
    piece.clear_shape();
    for (int64_t size : entry.tensor.shape().sizes()) piece.add_shape(size);
    const int64_t bytes = entry.tensor.spec().bytes();
    int64_t offset = 0;
    do {  // an empty tensor has one piece, too
      const int64_t n = std::min(kPieceBytes, bytes - offset);
      piece.set_offset(offset);
      piece.clear_data();
      if (n > 0) {
        piece.set_data(static_cast<const char*>(entry.tensor.raw_bytes()) + offset,
                       static_cast<size_t>(n));
      }
      piece.SerializeToString(&buffer);
      if (status.ok()) status = (*writer)->Append(buffer);
      if (!status.ok()) return status;
      offset += n;
    } while (offset < bytes);
  }
  return status.ok() ? (*writer)->Commit() : status;
}

absl::StatusOr<CheckpointMetadata> VerifyCheckpoint(const std::string& path) {
  StateDict nothing;
  return ReadCheckpoint(path, &nothing);
}

absl::StatusOr<CheckpointMetadata> ReadCheckpointMetadata(const std::string& path) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  return (*reader)->metadata();
}

absl::StatusOr<CheckpointMetadata> ReadCheckpoint(const std::string& path, StateDict* state) {
  std::map<Key, Tensor*> wanted;
  for (StateEntry& entry : *state) wanted[{entry.kind, entry.name}] = &entry.tensor;
  if (absl::Status status = CheckAgainst(path, wanted); !status.ok()) return status;

  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  while (!wanted.empty()) {
    absl::StatusOr<bool> more = (*reader)->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    const auto it = wanted.find((*reader)->key());
    if (it == wanted.end()) continue;
    const TensorPiece& piece = (*reader)->piece();
    if (!(it->second->spec() == (*reader)->spec())) {
      return (*reader)->Error("the file has changed while it was read");
    }
    if (piece.offset() == 0) it->second->storage()->BumpVersion();
    if (!piece.data().empty()) {
      std::memcpy(static_cast<char*>(it->second->raw_bytes()) + piece.offset(),
                  piece.data().data(), piece.data().size());
    }
  }
  return (*reader)->metadata();
}

absl::Status VisitCheckpoint(const std::string& path,
                             const std::function<void(const StateEntry&)>& visit) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  StateEntry entry;
  while (true) {
    absl::StatusOr<bool> more = (*reader)->Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    const TensorPiece& piece = (*reader)->piece();
    if (piece.offset() == 0) {
      entry = {piece.kind(), piece.name(), Tensor()};
      entry.tensor = Tensor::Empty((*reader)->spec());
    }
    if (!piece.data().empty()) {
      std::memcpy(static_cast<char*>(entry.tensor.raw_bytes()) + piece.offset(),
                  piece.data().data(), piece.data().size());
    }
    if ((*reader)->last()) visit(entry);
  }
}

}  // namespace hairpin::nn
