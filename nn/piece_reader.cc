#include "nn/piece_reader.h"

#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"

namespace hairpin::nn {

std::string DescribeSpec(const TensorSpec& spec) {
  return absl::StrCat(Name(spec.dtype), " ", spec.shape.ToString());
}

absl::StatusOr<std::unique_ptr<PieceReader>> PieceReader::Open(const std::string& path) {
  auto records = RecordReader::Open(path);
  if (!records.ok()) return records.status();
  std::unique_ptr<PieceReader> reader(new PieceReader(*std::move(records)));
  absl::StatusOr<bool> more = reader->records_->Next(&reader->buffer_);
  if (!more.ok()) return more.status();
  if (!*more) return reader->Error("the metadata is missing");
  if (!reader->metadata_.ParseFromString(reader->buffer_)) {
    return reader->Error("the metadata cannot be parsed");
  }
  return reader;
}

absl::StatusOr<bool> PieceReader::Next() {
  absl::StatusOr<bool> more = records_->Next(&buffer_);
  if (!more.ok()) return more.status();
  if (!*more) return last() ? absl::StatusOr<bool>(false) : Unfinished();
  if (!piece_.ParseFromString(buffer_)) return Error("it is no piece of a tensor");
  if (absl::Status status = CheckPiece(); !status.ok()) return status;
  return true;
}

absl::StatusOr<bool> PieceReader::NextTensor(StateEntry* entry) {
  do {
    const absl::StatusOr<bool> more = Next();
    if (!more.ok() || !*more) return more;
    if (piece_.offset() == 0) *entry = {piece_.kind(), piece_.name(), Tensor::Empty(spec_)};
    if (!piece_.data().empty()) {
      std::memcpy(static_cast<char*>(entry->tensor.raw_bytes()) + piece_.offset(),
                  piece_.data().data(), piece_.data().size());
    }
  } while (!last());
  return true;
}

absl::Status PieceReader::Unfinished() const {
  return Error(absl::StrCat("tensor ", name_, " ends after ", end_, " of ", spec_bytes_,
                            " bytes"));
}

absl::Status PieceReader::CheckPiece() {
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
    return Error(absl::StrCat("tensor ", name, " of ", DescribeSpec(spec), " does not fit a file of ",
                              records_->file_bytes(), " bytes"));
  }
  if (last()) {  // a new tensor
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

}  // namespace hairpin::nn
