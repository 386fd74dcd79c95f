// PNG and JPEG files as bytes, and bytes as PNG.
//
//   absl::StatusOr<Image> image = ReadImage("cat.jpg", {.channels = 3});
//   absl::Status status = WritePng("grid.png", ImageGrid(samples, {1, 28, 28}, /*columns=*/10));
//
// What a file is, its first bytes say and not its name. Palettes, 16 bits, grey and colours become
// what `channels` asks for; where pixels are transparent, a PNG is laid on black. Colours are
// sRGB as they stand.
//
// Errors name the file, what was found and what was expected: INVALID_ARGUMENT where it is neither
// or has another size than asked for, RESOURCE_EXHAUSTED where it has more than max_pixels (both
// before memory is taken for pixels), DATA_LOSS where its pixels are damaged or end early.
#ifndef HAIRPIN_DATA_IMAGE_IMAGE_FILE_H_
#define HAIRPIN_DATA_IMAGE_IMAGE_FILE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct Image {
  int64_t channels = 0, height = 0, width = 0;
  std::vector<uint8_t> bytes;  // [H, W, C], as files have it
};

struct ImageOptions {
  int channels = 3;                  // 1: grey, 3: red, green, blue
  int64_t height = 0, width = 0;     // what it must have; 0: anything
  int64_t max_pixels = 1 << 24;
  int64_t max_file_bytes = 1 << 28;
  StopQuestion stop = nullptr;       // asked before each MiB or less of a file is read
};

absl::StatusOr<Image> ReadImage(const std::string& path, const ImageOptions& options = {});

// Writes a PNG, whole or not at all. One or three channels.
absl::Status WritePng(const std::string& path, const Image& image);

// N images [N, C, H, W] of numbers in [0, 1] (others are cut to it; C is 1 or 3) as one, from left
// to right and from top to bottom, `columns` beside each other, a pixel of grey between them. What
// is left of the last row is grey, too.
Image ImageGrid(std::span<const float> images, const std::array<int64_t, 3>& shape, int columns);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_IMAGE_FILE_H_
