// Pictures and JPEG files for tests of what reads them.
#ifndef HAIRPIN_DATA_IMAGE_IMAGE_TEST_UTIL_H_
#define HAIRPIN_DATA_IMAGE_IMAGE_TEST_UTIL_H_

#include <cstdio>
#include <cstdlib>
#include <string>

#include <jpeglib.h>

#include "data/image/image_file.h"

namespace hairpin {

// Smooth, so that a JPEG file can be true to it, and different in each channel.
inline Image Pattern(int64_t channels, int64_t height, int64_t width) {
  Image image = {channels, height, width, {}};
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t c = 0; c < channels; ++c) {
        image.bytes.push_back(static_cast<uint8_t>(40 + 2 * x + 3 * y + 10 * c));
      }
    }
  }
  return image;
}

// A baseline JPEG file of the best quality.
inline std::string JpegBytes(const Image& image) {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.input_components = static_cast<int>(image.channels);
  jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (int64_t y = 0; y < image.height; ++y) {
    auto row = const_cast<JSAMPROW>(image.bytes.data() + y * image.width * image.channels);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
  return file;
}

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_IMAGE_TEST_UTIL_H_
