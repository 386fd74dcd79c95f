// The bytes of a file one after another, unpacked on the way where it is a gzip file.
//
//   auto file = GzipFile::Open("t10k-images-idx3-ubyte.gz");
//   if (!file.ok()) return file.status();
//   absl::StatusOr<size_t> got = (*file)->Read(buffer);      // fewer than asked for: the end
//
// What a file is, its first two bytes say (1f 8b) and not its name. Memory is two buffers of fixed
// size, whatever the file claims. A gzip file may have several members (RFC 1952, section 2.2), and
// each one's CRC-32 and length are compared with what came out.
//
// Errors name the file and the place in it: those of tensor/file.h, and DATA_LOSS where packed data
// is damaged, ends early, or is followed by something else.
#ifndef HAIRPIN_DATA_GZIP_FILE_H_
#define HAIRPIN_DATA_GZIP_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/file.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct GzipOptions {
  size_t buffer_bytes = size_t{1} << 16;  // packed bytes that are read at once, at least 1
  StopQuestion stop = nullptr;            // asked before each read of the file
};

class GzipFile {
 public:
  static absl::StatusOr<std::unique_ptr<GzipFile>> Open(const std::string& path,
                                                        GzipOptions options = {});
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  // Fills `bytes` as far as there is something; how many were filled. Fewer than asked for only at
  // the end, which has then been checked. CANCELLED where GzipOptions::stop says so.
  absl::StatusOr<size_t> Read(std::span<uint8_t> bytes);

  const std::string& path() const { return file_->path(); }
  bool packed() const { return stream_ != nullptr; }
  // The most bytes that can come out in all: the file's size, or, packed, 1032 times as many
  // (deflate's limit: 258 bytes from 2 bits; Adler, "zlib technical details").
  int64_t max_bytes() const { return file_->size() * (packed() ? 1032 : 1); }

 private:
  struct Stream;
  explicit GzipFile(std::unique_ptr<PositionalReader> file);
  absl::StatusOr<size_t> ReadPlain(std::span<uint8_t> bytes);
  absl::StatusOr<size_t> ReadPacked(std::span<uint8_t> bytes);
  absl::Status Damaged(const std::string& found) const;
  // Makes sure that a packed byte waits, unless the file has ended.
  absl::Status Fill();

  std::unique_ptr<PositionalReader> file_;
  int64_t offset_ = 0;              // of what was read of the file
  std::vector<uint8_t> buffer_;     // packed bytes
  std::unique_ptr<Stream> stream_;  // zlib's; none where nothing is packed
  bool in_member_ = true;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_GZIP_FILE_H_
