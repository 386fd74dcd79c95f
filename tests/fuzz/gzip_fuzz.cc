// Any bytes as a file that may be packed by gzip, read in steps of any length.
#include <cstdint>
#include <span>
#include <vector>

#include "data/gzip_file.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const auto gzip = GzipFile::Open(file->Write(FuzzText(data + 1, bytes - 1)));
  if (!gzip.ok()) return 0;
  std::vector<uint8_t> buffer(1 + data[0] * 16);
  for (int64_t total = 0; total < int64_t{1} << 22;) {
    const absl::StatusOr<size_t> got = (*gzip)->Read(buffer);
    if (!got.ok() || *got < buffer.size()) break;
    total += static_cast<int64_t>(*got);
  }
  return 0;
}
