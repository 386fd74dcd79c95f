#include "tensor/hash.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

constexpr size_t kHashBytes = size_t{1} << 20;

}  // namespace

Sha256::Sha256() { sha256_init(&context_); }

void Sha256::Update(const void* data, size_t bytes) {
  sha256_update(&context_, bytes, static_cast<const uint8_t*>(data));
}

std::string Sha256::HexDigest() {
  uint8_t digest[kBytes];
  sha256_digest(&context_, kBytes, digest);
  std::string hex;
  for (const uint8_t byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

absl::StatusOr<FileDigest> HashFile(const std::string& path, const HashOptions& options) {
  auto reader = PositionalReader::Open(path, options.stop);
  if (!reader.ok()) return reader.status();
  const int64_t size = std::min((*reader)->size(), options.most);
  std::vector<char> buffer(std::min<int64_t>(size, kHashBytes));
  Sha256 sum;
  for (int64_t offset = 0; offset < size;) {
    const size_t bytes = std::min<int64_t>(buffer.size(), size - offset);
    if (absl::Status s = (*reader)->ReadAt(offset, buffer.data(), bytes); !s.ok()) return s;
    sum.Update(buffer.data(), bytes);
    offset += static_cast<int64_t>(bytes);
  }
  return FileDigest{.bytes = size, .sha256 = sum.HexDigest()};
}

uint32_t Crc32c(const void* data, size_t bytes, uint32_t before) {
  // crc32_iscsi takes an int and leaves the two complements to the caller.
  constexpr size_t kMost = size_t{1} << 30;
  auto* text = static_cast<unsigned char*>(const_cast<void*>(data));
  uint32_t crc = ~before;
  while (bytes > 0) {
    const size_t part = std::min(bytes, kMost);
    crc = crc32_iscsi(text, static_cast<int>(part), crc);
    text += part;
    bytes -= part;
  }
  return ~crc;
}

}  // namespace hairpin
