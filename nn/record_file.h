// Files of records, in which no damage goes unseen.
//
//   auto writer = RecordWriter::Create(path);
//   (*writer)->Append(bytes); ...
//   (*writer)->Commit();
//
//   header   "HAIRPIN\n", u32 version, u64 number of records, u64 bytes of the
//            file, u32 CRC of these
//   record   u64 length, u32 CRC of the length, the bytes, u32 CRC of the bytes
//   end      u64 2^64 - 1, u32 CRC of it, u32 CRC of all lengths and bytes of
//            the records one after another
//
// Little-endian; each CRC is CRC-32C. Errors are DATA_LOSS with the file, the
// record and its place, what was found and what was expected. A length is compared with the
// rest of the file before anything is allocated.
#ifndef HAIRPIN_NN_RECORD_FILE_H_
#define HAIRPIN_NN_RECORD_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/file.h"

namespace hairpin::nn {

inline constexpr uint32_t kRecordFileVersion = 2;

// Writes under a temporary name; without Commit nothing is left.
class RecordWriter {
 public:
  static absl::StatusOr<std::unique_ptr<RecordWriter>> Create(const std::string& path);
  absl::Status Append(std::string_view record);
  absl::Status Commit();

 private:
  explicit RecordWriter(std::unique_ptr<AtomicFileWriter> file) : file_(std::move(file)) {}

  std::unique_ptr<AtomicFileWriter> file_;
  uint64_t records_ = 0;
  uint32_t crc_ = 0;
};

class RecordReader {
 public:
  // Opens and checks the header.
  static absl::StatusOr<std::unique_ptr<RecordReader>> Open(const std::string& path);

  // Puts the next record into `record`; false after the last one, when the end
  // record and the number of records were right too.
  absl::StatusOr<bool> Next(std::string* record);

  int64_t file_bytes() const { return file_->size(); }
  // Records read so far.
  int64_t num_records() const { return static_cast<int64_t>(records_); }
  // "runs/a/step-000500: record 3 at byte 262300: <message>", of the last record read.
  absl::Status Error(std::string_view message) const;

 private:
  explicit RecordReader(std::unique_ptr<PositionalReader> file) : file_(std::move(file)) {}
  absl::Status ReadHeader();
  absl::Status ReadEnd(int64_t position);
  absl::Status ErrorAt(const std::string& what, int64_t position, std::string_view message) const;
  // Reads at the present position and goes on.
  absl::Status Read(void* data, size_t bytes);

  std::unique_ptr<PositionalReader> file_;
  int64_t position_ = 0;
  int64_t record_position_ = 0;  // where the last record begins
  uint64_t expected_records_ = 0;
  uint64_t records_ = 0;
  uint32_t crc_ = 0;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_RECORD_FILE_H_
