#include "tensor/hash.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

constexpr size_t kHashBytes = size_t{1} << 20;

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  HAIRPIN_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1)
      << "SHA-256 is not available";
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256::Update(const void* data, size_t bytes) {
  HAIRPIN_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data, bytes) == 1)
      << "SHA-256 failed";
}

std::string Sha256::HexDigest() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HAIRPIN_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest, &size) == 1)
      << "SHA-256 failed";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

absl::StatusOr<FileDigest> HashFile(const std::string& path) {
  auto reader = PositionalReader::Open(path);
  if (!reader.ok()) return reader.status();
  const int64_t size = (*reader)->size();
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
