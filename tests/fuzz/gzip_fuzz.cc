// Any bytes as a file that may be packed by gzip, read in steps of any length; where the first byte
// is odd, so often one after another that they go beyond what is read at once.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/gzip_file.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const std::string_view once = FuzzText(data + 1, bytes - 1);
  constexpr size_t kReadAtOnce = size_t{1} << 16;
  std::string contents(once);
  while (data[0] % 2 == 1 && !once.empty() && contents.size() < kReadAtOnce + 64) contents += once;
  const auto gzip = GzipFile::Open(file->Write(contents));
  if (!gzip.ok()) return 0;
  std::vector<uint8_t> buffer(1 + data[0] * 16);
  for (int64_t total = 0; total < int64_t{1} << 22;) {
    const absl::StatusOr<size_t> got = (*gzip)->Read(buffer);
    if (!got.ok() || *got < buffer.size()) break;
    total += static_cast<int64_t>(*got);
  }
  return 0;
}
