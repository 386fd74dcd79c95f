// Any bytes as a checkpoint; where the first byte is odd, as its records, each a byte of length and
// what it says, in a file whose frame and checksums are right.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "nn/checkpoint.h"
#include "nn/record_file.h"
#include "tensor/check.h"
#include "tensor/hash.h"
#include "tests/fuzz/fuzz_file.h"

namespace hairpin {
namespace {

template <class T>
void Put(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string Framed(std::string_view records) {
  std::string body, all;
  uint64_t count = 0;
  for (; !records.empty(); ++count) {
    const size_t bytes = std::min<size_t>(static_cast<uint8_t>(records[0]), records.size() - 1);
    const std::string record(records.substr(1, bytes));
    records.remove_prefix(1 + bytes);
    std::string length;
    Put<uint64_t>(bytes, &length);
    body += length;
    Put(Crc32c(length.data(), 8), &body);
    body += record;
    Put(Crc32c(record.data(), bytes), &body);
    all += length + record;
  }
  std::string end;
  Put(~uint64_t{0}, &end);
  body += end;
  Put(Crc32c(end.data(), 8), &body);
  Put(Crc32c(all.data(), all.size()), &body);
  std::string header = "HAIRPIN\n";
  Put(nn::kRecordFileVersion, &header);
  Put(count, &header);
  Put<uint64_t>(32 + body.size(), &header);
  Put(Crc32c(header.data(), header.size()), &header);
  return header + body;
}

}  // namespace
}  // namespace hairpin

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const std::string_view rest = FuzzText(data + 1, bytes - 1);
  const std::string path = file->Write(data[0] % 2 == 1 ? Framed(rest) : std::string(rest));
  const bool whole = nn::VerifyCheckpoint(path).ok();
  nn::StateDict state = {{"parameter", "w", Tensor::FromValues<float>({2}, {1, 2})}};
  const std::string before = nn::Digest(state);
  const bool read = nn::ReadCheckpoint(path, &state).ok();
  HAIRPIN_CHECK(whole || !read) << "read what is not whole";
  HAIRPIN_CHECK(read || nn::Digest(state) == before) << "an error that changed a tensor";
  const bool visited = nn::VisitCheckpoint(path, [](const nn::StateEntry&) {}).ok();
  HAIRPIN_CHECK(visited == whole) << "tensors of what is not whole";
  return 0;
}
