// Any bytes as a cache of ids; where the first byte is odd, with checksums that are right.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "data/token_cache.h"
#include "tensor/check.h"
#include "tensor/hash.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  std::string contents(FuzzText(data + 1, bytes - 1));
  constexpr size_t kHeader = internal::kTokenCacheHeaderBytes;
  constexpr size_t kRecordsCrc = 8 + 6 * 4 + 7 * 8 + 2 * 64;  // after the two hashes
  if (data[0] % 2 == 1 && contents.size() >= kHeader) {
    const uint32_t records = Crc32c(contents.data() + kHeader, contents.size() - kHeader);
    std::memcpy(contents.data() + kRecordsCrc, &records, 4);
    const uint32_t header = Crc32c(contents.data(), kHeader - 4);
    std::memcpy(contents.data() + kHeader - 4, &header, 4);
  }
  const auto cache = TokenCache::Open(file->Write(contents));
  if (!cache.ok()) return 0;
  std::vector<int32_t> ids(static_cast<size_t>((*cache)->seq_len()));
  for (int64_t i = 0; i < (*cache)->records(); ++i) {
    HAIRPIN_CHECK((*cache)->Read(i, std::span(ids)).ok()) << "record " << i;
    for (const int32_t id : ids) {
      HAIRPIN_CHECK(id >= 0 && id < (*cache)->info().vocabulary_size) << "id " << id;
    }
  }
  return 0;
}
