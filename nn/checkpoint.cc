#include "nn/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "nn/piece_reader.h"
#include "nn/record_file.h"
#include "tensor/file.h"

namespace hairpin::nn {
namespace {

constexpr int64_t kPieceBytes = 256 << 10;

using Key = PieceReader::Key;

absl::Status Mismatch(const std::string& path, const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", message));
}

// A little more than the file will have: besides data a piece holds its tensor's names, kind, type
// and shape.
int64_t FileBytes(const CheckpointMetadata& metadata, const StateDict& state) {
  constexpr int64_t kBesideNames = 200;
  int64_t bytes = static_cast<int64_t>(metadata.ByteSizeLong()) + kBesideNames;
  for (const StateEntry& entry : state) {
    const int64_t data = entry.tensor.spec().bytes();
    const int64_t names = static_cast<int64_t>(entry.kind.size() + entry.name.size());
    bytes += data + (data / kPieceBytes + 1) * (names + kBesideNames);
  }
  return bytes;
}

// Whether the file holds the tensors of `state`, unless `part` no others of their kinds, and
// everything in it is whole.
absl::Status CheckAgainst(const std::string& path, const StateDict& state, bool part) {
  std::map<Key, const Tensor*> wanted;
  for (const StateEntry& entry : state) wanted[{entry.kind, entry.name}] = &entry.tensor;
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
      if (part) continue;
      mismatch = Mismatch(path, absl::StrCat("holds ", key.first, " ", key.second, ", ",
                                             DescribeSpec((*reader)->spec()),
                                             ", which the model does not have"));
    } else if (!(it->second->spec() == (*reader)->spec())) {
      mismatch = Mismatch(path, absl::StrCat(key.first, " ", key.second, " is ",
                                             DescribeSpec((*reader)->spec()), ", expected ",
                                             DescribeSpec(it->second->spec())));
    }
  }
  if (!mismatch.ok()) return mismatch;
  for (const auto& [key, tensor] : wanted) {
    if (found.count(key) == 0) {
      return Mismatch(path, absl::StrCat(key.first, " ", key.second, ", ",
                                         DescribeSpec(tensor->spec()), ", is missing"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteCheckpoint(const std::string& path, const CheckpointMetadata& metadata,
                             const StateDict& state) {
  absl::Status space = RequireSpace(path, FileBytes(metadata, state));
  if (!space.ok()) return space;
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

absl::StatusOr<CheckpointMetadata> VerifyCheckpoint(const std::string& path,
                                                    int64_t* num_records) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) more = (*reader)->Next();
  if (!more.ok()) return more.status();
  if (num_records != nullptr) *num_records = (*reader)->num_records();
  return (*reader)->metadata();
}

absl::StatusOr<CheckpointMetadata> ReadCheckpointMetadata(const std::string& path) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  return (*reader)->metadata();
}

absl::Status MatchCheckpoint(const std::string& path, const StateDict& state) {
  return CheckAgainst(path, state, /*part=*/false);
}

namespace {

absl::StatusOr<CheckpointMetadata> Read(const std::string& path, StateDict* state, bool part) {
  if (absl::Status status = CheckAgainst(path, *state, part); !status.ok()) return status;
  std::map<Key, Tensor*> wanted;
  for (StateEntry& entry : *state) wanted[{entry.kind, entry.name}] = &entry.tensor;

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

}  // namespace

absl::StatusOr<CheckpointMetadata> ReadCheckpoint(const std::string& path, StateDict* state) {
  return Read(path, state, /*part=*/false);
}

absl::StatusOr<CheckpointMetadata> ReadCheckpointPart(const std::string& path, StateDict* state) {
  return Read(path, state, /*part=*/true);
}

absl::Status VisitCheckpoint(const std::string& path,
                             const std::function<void(const StateEntry&)>& visit) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  StateEntry entry;
  while (true) {
    absl::StatusOr<bool> more = (*reader)->NextTensor(&entry);
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    visit(entry);
  }
}

}  // namespace hairpin::nn
