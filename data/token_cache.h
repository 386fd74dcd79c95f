// The cache of ids: a text as a file of records of equal length, read by position.
//
//   auto cache = TokenCache::Open("runs/a/tokens/train");
//   if (!cache.ok()) return cache.status();
//   std::vector<int32_t> ids((*cache)->info().seq_len);
//   absl::Status status = (*cache)->Read(17, std::span(ids));
//
// data/token_cache_builder.h makes one. The file: a header of 256 bytes (magic "HPTOKENS", format
// version, every field of TokenCacheInfo, CRC-32C of the records, CRC-32C of the header), then the
// records, each of seq_len ids of 16 bits (32 where the vocabulary has more than 65,536 tokens).
// All numbers are little-endian.
#ifndef HAIRPIN_DATA_TOKEN_CACHE_H_
#define HAIRPIN_DATA_TOKEN_CACHE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/text_blocks.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/stop_question.h"

namespace hairpin {

// How ids become records. The numbers stand in files.
enum class Packing : uint32_t {
  // The ids of all lines one after another, [SEP] after each line, cut into pieces of seq_len - 2
  // between [CLS] and [SEP]; an incomplete last piece is dropped.
  kStream = 0,
  // [CLS], at most seq_len - 2 ids of one line, [SEP], then [PAD]. Lines without ids are skipped.
  kLine = 1,
};

struct TokenCacheInfo {
  // What it was made from and how: two caches that agree in these hold the same records.
  int32_t seq_len = 0;
  Packing packing = Packing::kStream;
  bool lowercase = true;
  TextPart part = TextPart::kAll;
  FileDigest text;  // HashText of the files
  int32_t vocabulary_size = 0;
  std::string vocabulary_sha256;  // Vocabulary::Fingerprint
  // What came of it.
  int64_t records = 0;
  int64_t lines = 0;              // not blank, of this part
  int64_t ids = 0;                // of the text, without [CLS], [SEP], [PAD]
  int64_t unknown_ids = 0;        // of these, [UNK]
  int64_t invalid_sequences = 0;  // replaced by U+FFFD, in all parts
  int64_t nuls = 0;

  int id_bytes() const { return vocabulary_size <= 65536 ? 2 : 4; }
  int64_t record_bytes() const { return int64_t{seq_len} * id_bytes(); }
};

// OK if `found` was made from what `expected` says (the first group of fields); else
// FAILED_PRECONDITION that names `path`, the field, what was found and what was expected.
absl::Status CheckSameSource(const TokenCacheInfo& found, const TokenCacheInfo& expected,
                             const std::string& path);

namespace internal {
inline constexpr int64_t kTokenCacheHeaderBytes = 256;
// The header of a cache whose records have this CRC.
std::string TokenCacheHeader(const TokenCacheInfo& info, uint32_t records_crc);
}  // namespace internal

// Any number of threads may read.
class TokenCache {
 public:
  // Reads and verifies the whole file. DATA_LOSS where it is cut, too long or damaged,
  // INVALID_ARGUMENT where it is something else: with the file, the place, what was found and what
  // was expected. CANCELLED where `stop`, asked at each part of the file, says so.
  static absl::StatusOr<std::unique_ptr<TokenCache>> Open(const std::string& path,
                                                          const StopQuestion& stop = nullptr);

  const TokenCacheInfo& info() const { return info_; }
  int64_t records() const { return info_.records; }
  int seq_len() const { return info_.seq_len; }

  // The ids of `record` in [0, records()); ids has seq_len places. Allocates nothing when it
  // succeeds; fails only if the file can no longer be read.
  absl::Status Read(int64_t record, std::span<int32_t> ids) const;

 private:
  TokenCache(std::unique_ptr<PositionalReader> reader, TokenCacheInfo info)
      : reader_(std::move(reader)), info_(std::move(info)) {}

  std::unique_ptr<PositionalReader> reader_;
  TokenCacheInfo info_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TOKEN_CACHE_H_
