// Any bytes as a PNG or JPEG file.
#include <cstdint>

#include "data/image/image_file.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const ImageOptions options = {.channels = data[0] % 2 == 0 ? 1 : 3, .max_pixels = 1 << 16};
  const auto image = ReadImage(file->Write(FuzzText(data + 1, bytes - 1)), options);
  if (!image.ok()) return 0;
  HAIRPIN_CHECK(image->height * image->width <= options.max_pixels) << "more than was allowed";
  HAIRPIN_CHECK(static_cast<int64_t>(image->bytes.size()) ==
                image->channels * image->height * image->width)
      << "an image of " << image->bytes.size() << " bytes";
  return 0;
}
