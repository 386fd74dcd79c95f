// A JPEG file's pixels: libjpeg behind a function without its jumps.
#ifndef HAIRPIN_DATA_IMAGE_JPEG_H_
#define HAIRPIN_DATA_IMAGE_JPEG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace hairpin {

// Decodes `file` to 1 (grey) or 3 channels. `room` is called once with height and width, both at
// least 1, and returns where height * width * channels bytes go, or null to stop. Returns what the
// library has to complain of, a warning included; empty where there is nothing, or where it was
// stopped.
std::string ReadJpeg(std::string_view file, int channels,
                     const std::function<uint8_t*(int64_t height, int64_t width)>& room);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_JPEG_H_
