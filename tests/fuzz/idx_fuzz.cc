// Any bytes as an IDX file, packed or not.
#include <cstdint>

#include "data/image/idx.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const auto array = ReadIdx(file->Write(FuzzText(data + 1, bytes - 1)), 1 + data[0] % 3);
  if (!array.ok()) return 0;
  size_t elements = 1;
  for (const int64_t size : array->sizes) elements *= static_cast<size_t>(size);
  HAIRPIN_CHECK(array->bytes.size() == elements) << "sizes of " << elements << " elements";
  return 0;
}
