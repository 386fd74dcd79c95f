#include "data/gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

struct GzipFile::Stream {
  Stream() { HAIRPIN_CHECK(inflateInit2(&z, kGzipOnly) == Z_OK) << "zlib: " << zlibVersion(); }
  ~Stream() { inflateEnd(&z); }
  z_stream z = {};
};

GzipFile::GzipFile(std::unique_ptr<PositionalReader> file) : file_(std::move(file)) {}
GzipFile::~GzipFile() = default;

absl::StatusOr<std::unique_ptr<GzipFile>> GzipFile::Open(const std::string& path,
                                                         GzipOptions options) {
  HAIRPIN_CHECK(options.buffer_bytes >= 1) << "GzipFile: a buffer of no bytes";
  auto file = PositionalReader::Open(path, std::move(options.stop));
  if (!file.ok()) return file.status();
  uint8_t magic[2] = {};
  if ((*file)->size() >= 2) {
    if (absl::Status status = (*file)->ReadAt(0, magic, 2); !status.ok()) return status;
  }
  std::unique_ptr<GzipFile> result(new GzipFile(*std::move(file)));
  if (magic[0] == 0x1f && magic[1] == 0x8b) {
    result->stream_ = std::make_unique<Stream>();
    result->buffer_.resize(options.buffer_bytes);
  }
  return result;
}

absl::StatusOr<size_t> GzipFile::Read(std::span<uint8_t> bytes) {
  return packed() ? ReadPacked(bytes) : ReadPlain(bytes);
}

absl::StatusOr<size_t> GzipFile::ReadPlain(std::span<uint8_t> bytes) {
  const auto count = static_cast<size_t>(
      std::min<int64_t>(static_cast<int64_t>(bytes.size()), file_->size() - offset_));
  absl::Status status = file_->ReadAt(offset_, bytes.data(), count);
  if (!status.ok()) return status;
  offset_ += static_cast<int64_t>(count);
  return count;
}

absl::Status GzipFile::Damaged(const std::string& found) const {
  return absl::DataLossError(absl::StrCat(file_->path(), ": byte ", offset_ - stream_->z.avail_in,
                                          ": found ", found));
}

absl::Status GzipFile::Fill() {
  z_stream& z = stream_->z;
  if (z.avail_in > 0) return absl::OkStatus();
  const auto count = static_cast<size_t>(
      std::min<int64_t>(static_cast<int64_t>(buffer_.size()), file_->size() - offset_));
  absl::Status status = file_->ReadAt(offset_, buffer_.data(), count);
  if (!status.ok()) return status;
  offset_ += static_cast<int64_t>(count);
  z.next_in = buffer_.data();
  z.avail_in = static_cast<uInt>(count);
  return absl::OkStatus();
}

absl::StatusOr<size_t> GzipFile::ReadPacked(std::span<uint8_t> bytes) {
  z_stream& z = stream_->z;
  size_t done = 0;
  // Also where `bytes` is full, zlib may have a member's end still to read: so it is asked for a
  // byte too many only by the next call, which finds the end.
  while (done < bytes.size()) {
    if (absl::Status status = Fill(); !status.ok()) return status;
    if (!in_member_) {
      if (z.avail_in == 0) return done;
      inflateReset(&z);
      in_member_ = true;
    }
    if (z.avail_in == 0) {
      return Damaged("the end of the file inside packed data, expected the rest of it");
    }
    const size_t room = std::min<size_t>(bytes.size() - done, size_t{1} << 30);
    z.next_out = bytes.data() + done;
    z.avail_out = static_cast<uInt>(room);
    const int result = inflate(&z, Z_NO_FLUSH);
    done += room - z.avail_out;
    if (result == Z_STREAM_END) {
      in_member_ = false;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Damaged(absl::StrCat("no sound gzip data (",
                                  z.msg != nullptr ? z.msg : "zlib gives no reason",
                                  "), expected some"));
    }
  }
  return done;
}

}  // namespace hairpin
