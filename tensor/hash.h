// Digests that tell whether two pieces of data, or one at two times, are the same.
//
//   absl::StatusOr<FileDigest> digest = HashFile("novels.txt");
//   Sha256 sum;
//   sum.Update("ab"), sum.Update("c");
//   sum.HexDigest();                        // "ba7816bf..."
//   Crc32c("123456789", 9);                 // 0xE3069283
//
// SHA-256 where a file is named by it (data files, caches, digests of parameters), CRC-32C where
// damage is to be noticed fast (records of checkpoints, blocks of caches).
#ifndef HAIRPIN_TENSOR_HASH_H_
#define HAIRPIN_TENSOR_HASH_H_

#include <nettle/sha2.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tensor/stop_question.h"

namespace hairpin {

// SHA-256 (FIPS 180-4), fed piece by piece.
class Sha256 {
 public:
  static constexpr int kBytes = 32;
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(const void* data, size_t bytes);
  void Update(std::string_view text) { Update(text.data(), text.size()); }

  // 64 lower-case hexadecimal digits over all that came. Ends the sum: call it once.
  std::string HexDigest();

 private:
  sha256_ctx context_;
};

struct FileDigest {
  int64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

struct HashOptions {
  int64_t most = std::numeric_limits<int64_t>::max();  // bytes of the file that count
  StopQuestion stop = nullptr;  // asked before each piece
};

// Size and SHA-256 of a file, read in pieces of 1 MiB. Errors are those of PositionalReader
// (tensor/file.h).
absl::StatusOr<FileDigest> HashFile(const std::string& path, const HashOptions& options = {});

// CRC-32C (Castagnoli) of `data`, going on from the CRC of what came before it:
// Crc32c(b, n, Crc32c(a, m)) is the CRC of a and b one after another.
uint32_t Crc32c(const void* data, size_t bytes, uint32_t before = 0);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_HASH_H_
