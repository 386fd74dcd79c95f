// Any bytes as a file that may be packed by gzip, read in steps of any length: the same bytes, or
// an error, whatever is read of the file at once.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/gzip_file.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

namespace hairpin {
namespace {

// What comes out, up to 4 MB, or that something is wrong.
std::string Unpacked(const std::string& path, size_t step, size_t buffer_bytes) {
  const auto gzip = GzipFile::Open(path, {.buffer_bytes = buffer_bytes});
  HAIRPIN_CHECK(gzip.ok()) << gzip.status().ToString();
  std::string out;
  std::vector<uint8_t> buffer(step);
  while (out.size() < size_t{1} << 22) {
    const absl::StatusOr<size_t> got = (*gzip)->Read(buffer);
    if (!got.ok()) return "error";
    out.append(reinterpret_cast<const char*>(buffer.data()), *got);
    if (*got < buffer.size()) break;
  }
  return out;
}

}  // namespace
}  // namespace hairpin

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const std::string& path = file->Write(FuzzText(data + 1, bytes - 1));
  const size_t step = 1 + data[0] * 16;
  HAIRPIN_CHECK(Unpacked(path, step, 1 + data[0] % 8) == Unpacked(path, step, size_t{1} << 16))
      << "other bytes where a few are read at once";
  return 0;
}
