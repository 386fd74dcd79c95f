#include "nn/record_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tensor/hash.h"

namespace hairpin::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

constexpr char kMagic[8] = {'H', 'A', 'I', 'R', 'P', 'I', 'N', '\n'};
constexpr uint64_t kEnd = ~uint64_t{0};
// What stands around a record's bytes, and the end record.
constexpr int64_t kFrameBytes = 8 + 4 + 4;
constexpr int64_t kEndBytes = 8 + 4 + 4;

struct Header {
  static constexpr size_t kBytes = 32;
  uint32_t version = kRecordFileVersion;
  uint64_t records = 0;
  uint64_t file_bytes = 0;

  void Write(char* out) const {
    std::memcpy(out, kMagic, 8);
    std::memcpy(out + 8, &version, 4);
    std::memcpy(out + 12, &records, 8);
    std::memcpy(out + 20, &file_bytes, 8);
    const uint32_t crc = Crc32c(out, 28);
    std::memcpy(out + 28, &crc, 4);
  }
};

// The CRC of all records, one more of them. It leaves out the CRCs beside length and bytes: over
// anything and its own CRC a CRC comes out the same whatever the thing was, so that a whole record
// of another file would go unseen.
uint32_t ExtendCrc(std::string_view record, uint32_t before) {
  const uint64_t length = record.size();
  return Crc32c(record.data(), record.size(), Crc32c(&length, 8, before));
}

template <class T>
T Load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordWriter>> RecordWriter::Create(const std::string& path) {
  auto file = AtomicFileWriter::Create(path);
  if (!file.ok()) return file.status();
  char header[Header::kBytes] = {};  // filled in by Commit
  if (absl::Status status = (*file)->Write(header, sizeof(header)); !status.ok()) return status;
  return std::unique_ptr<RecordWriter>(new RecordWriter(*std::move(file)));
}

absl::Status RecordWriter::Append(std::string_view record) {
  const uint64_t length = record.size();
  const uint32_t length_crc = Crc32c(&length, 8);
  const uint32_t crc = Crc32c(record.data(), record.size());
  ++records_;
  crc_ = ExtendCrc(record, crc_);
  absl::Status status = file_->Write(&length, 8);
  if (status.ok()) status = file_->Write(&length_crc, 4);
  if (status.ok()) status = file_->Write(record);
  if (status.ok()) status = file_->Write(&crc, 4);
  return status;
}

absl::Status RecordWriter::Commit() {
  const uint32_t end_crc = Crc32c(&kEnd, 8);
  const uint32_t all_crc = crc_;
  absl::Status status = file_->Write(&kEnd, 8);
  if (status.ok()) status = file_->Write(&end_crc, 4);
  if (status.ok()) status = file_->Write(&all_crc, 4);
  if (!status.ok()) return status;
  char header[Header::kBytes];
  Header{.records = records_, .file_bytes = static_cast<uint64_t>(file_->bytes_written())}.Write(
      header);
  status = file_->WriteAt(0, header, sizeof(header));
  return status.ok() ? file_->Commit() : status;
}

absl::Status RecordReader::Error(std::string_view message) const {
  return ErrorAt(absl::StrCat("record ", records_), record_position_, message);
}

absl::Status RecordReader::ErrorAt(const std::string& what, int64_t position,
                                   std::string_view message) const {
  return absl::DataLossError(absl::StrCat(file_->path(), ": ", what, " at byte ", position, ": ",
                                          absl::string_view(message.data(), message.size())));
}

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& path) {
  auto file = PositionalReader::Open(path);
  if (!file.ok()) return file.status();
  std::unique_ptr<RecordReader> reader(new RecordReader(*std::move(file)));
  if (absl::Status status = reader->ReadHeader(); !status.ok()) return status;
  return reader;
}

absl::Status RecordReader::Read(void* data, size_t bytes) {
  absl::Status status = file_->ReadAt(position_, data, bytes);
  position_ += static_cast<int64_t>(bytes);
  return status;
}

absl::Status RecordReader::ReadHeader() {
  const auto fail = [&](auto... message) {
    return absl::DataLossError(absl::StrCat(file_->path(), ": header: ", message...));
  };
  const int64_t least = static_cast<int64_t>(Header::kBytes) + kEndBytes;
  char bytes[Header::kBytes];
  const size_t present = std::min<size_t>(file_->size(), sizeof(kMagic));
  if (absl::Status status = file_->ReadAt(0, bytes, present); !status.ok()) return status;
  if (std::memcmp(bytes, kMagic, present) != 0) {
    return fail("no checkpoint of Hairpin: found the first bytes \"",
                absl::CHexEscape({bytes, present}), "\", expected \"",
                absl::CHexEscape({kMagic, sizeof(kMagic)}), "\"");
  }
  if (file_->size() < least) {
    return fail("the file has ", file_->size(), " bytes, expected at least ", least);
  }
  if (absl::Status status = Read(bytes, sizeof(bytes)); !status.ok()) return status;
  const uint32_t crc = Crc32c(bytes, 28), expected_crc = Load<uint32_t>(bytes + 28);
  if (crc != expected_crc) {
    return fail(absl::StrFormat("CRC is %08x, expected %08x", crc, expected_crc));
  }
  const uint32_t version = Load<uint32_t>(bytes + 8);
  if (version != kRecordFileVersion) {
    return fail("format version is ", version, ", expected ", kRecordFileVersion);
  }
  expected_records_ = Load<uint64_t>(bytes + 12);
  const uint64_t file_bytes = Load<uint64_t>(bytes + 20);
  if (file_bytes != static_cast<uint64_t>(file_->size())) {
    return fail("the file has ", file_->size(), " bytes, expected ", file_bytes);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RecordReader::Next(std::string* record) {
  ++records_;
  const int64_t position_before = record_position_;
  record_position_ = position_;
  char frame[12];
  const int64_t rest = file_->size() - position_;
  if (rest < kEndBytes) return Error(absl::StrCat("the file ends within it, ", rest, " bytes left"));
  if (absl::Status status = Read(frame, sizeof(frame)); !status.ok()) return status;
  const uint64_t length = Load<uint64_t>(frame);
  const uint32_t found_crc = Crc32c(frame, 8), length_crc = Load<uint32_t>(frame + 8);
  if (found_crc != length_crc) {
    return Error(absl::StrFormat("CRC of its length is %08x, expected %08x", found_crc,
                                 length_crc));
  }
  if (length == kEnd) {
    const int64_t end_position = std::exchange(record_position_, position_before);
    --records_;
    if (absl::Status status = ReadEnd(end_position); !status.ok()) return status;
    return false;
  }
  if (length > static_cast<uint64_t>(std::max<int64_t>(0, rest - kFrameBytes - kEndBytes))) {
    return Error(absl::StrCat("its length is ", length, ", but only ", rest,
                              " bytes of the file are left"));
  }
  record->resize(length);
  if (absl::Status status = Read(record->data(), length); !status.ok()) return status;
  uint32_t crc;
  if (absl::Status status = Read(&crc, 4); !status.ok()) return status;
  const uint32_t record_crc = Crc32c(record->data(), length);
  if (record_crc != crc) {
    return Error(absl::StrFormat("CRC of its bytes is %08x, expected %08x", record_crc, crc));
  }
  crc_ = ExtendCrc(*record, crc_);
  return true;
}

absl::Status RecordReader::ReadEnd(int64_t position) {
  const auto fail = [&](const std::string& message) {
    return ErrorAt("the end record", position, message);
  };
  uint32_t crc;
  if (absl::Status status = Read(&crc, 4); !status.ok()) return status;
  if (crc != crc_) {
    return fail(absl::StrFormat("CRC of all records is %08x, expected %08x", crc_, crc));
  }
  if (records_ != expected_records_) {
    return fail(absl::StrCat(records_, " records came before, expected ", expected_records_));
  }
  if (position_ != file_->size()) {
    return fail(absl::StrCat("bytes follow the end record, ", file_->size() - position_));
  }
  return absl::OkStatus();
}

}  // namespace hairpin::nn
