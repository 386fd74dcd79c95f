#include "data/image/image_file.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "data/image/jpeg.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

absl::Status Damaged(const std::string& path, const char* kind, const std::string& reason) {
  return absl::DataLossError(
      absl::StrCat(path, ": found a damaged ", kind, " file (", reason, "), expected a sound one"));
}

absl::Status CheckSize(const std::string& path, int64_t height, int64_t width,
                       const ImageOptions& options) {
  if ((options.height > 0 && height != options.height) ||
      (options.width > 0 && width != options.width)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": found ", width, " x ", height,
                                                   " pixels, expected ", options.width, " x ",
                                                   options.height));
  }
  if (height > options.max_pixels / width) {
    return absl::ResourceExhaustedError(absl::StrCat(path, ": found ", width, " x ", height,
                                                     " pixels, expected ", options.max_pixels,
                                                     " at most"));
  }
  return absl::OkStatus();
}

Image Room(int channels, int64_t height, int64_t width) {
  Image image = {.channels = channels, .height = height, .width = width, .bytes = {}};
  image.bytes.resize(static_cast<size_t>(channels * height * width));
  return image;
}

absl::StatusOr<Image> DecodePng(const std::string& path, const std::string& file,
                                const ImageOptions& options) {
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  const auto close = [&png](absl::Status status) {
    png_image_free(&png);
    return status;
  };
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0) {
    return close(Damaged(path, "PNG", png.message));
  }
  absl::Status status = CheckSize(path, png.height, png.width, options);
  if (!status.ok()) return close(std::move(status));
  png.format = options.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  Image image = Room(options.channels, png.height, png.width);
  const png_color black = {0, 0, 0};
  // 16 bits are taken for sRGB, as 8 are.
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  if (png_image_finish_read(&png, &black, image.bytes.data(), 0, nullptr) == 0) {
    return close(Damaged(path, "PNG", png.message));
  }
  png_image_free(&png);
  return image;
}

absl::StatusOr<Image> DecodeJpeg(const std::string& path, const std::string& file,
                                 const ImageOptions& options) {
  Image image;
  absl::Status wrong_size;
  const std::string reason =
      ReadJpeg(file, options.channels, [&](int64_t height, int64_t width) -> uint8_t* {
        wrong_size = CheckSize(path, height, width, options);
        if (!wrong_size.ok()) return nullptr;
        image = Room(options.channels, height, width);
        return image.bytes.data();
      });
  if (!wrong_size.ok()) return wrong_size;
  if (!reason.empty()) return Damaged(path, "JPEG", reason);
  return image;
}

}  // namespace

absl::StatusOr<Image> ReadImage(const std::string& path, const ImageOptions& options) {
  HAIRPIN_CHECK(options.channels == 1 || options.channels == 3)
      << "ReadImage: " << options.channels << " channels";
  absl::StatusOr<std::string> file = ReadFile(path, options.max_file_bytes, options.stop);
  if (!file.ok()) return file.status();
  if (file->starts_with("\x89PNG\r\n\x1a\n")) return DecodePng(path, *file, options);
  if (file->starts_with("\xFF\xD8\xFF")) return DecodeJpeg(path, *file, options);
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": found neither the first bytes of a PNG nor those of a JPEG file, "
                         "expected one of them"));
}

absl::Status WritePng(const std::string& path, const Image& image) {
  HAIRPIN_CHECK((image.channels == 1 || image.channels == 3) && image.height >= 1 &&
                image.width >= 1 &&
                static_cast<int64_t>(image.bytes.size()) ==
                    image.channels * image.height * image.width)
      << "WritePng: " << image.bytes.size() << " bytes for [" << image.height << ", "
      << image.width << ", " << image.channels << "]";
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t bytes = 0;
  std::string packed;
  for (const bool measure : {true, false}) {
    packed.resize(bytes);
    if (png_image_write_to_memory(&png, measure ? nullptr : packed.data(), &bytes, 0,
                                  image.bytes.data(), 0, nullptr) == 0) {
      return absl::InternalError(absl::StrCat(path, ": cannot be packed as PNG: ", png.message));
    }
  }
  packed.resize(bytes);
  return WriteFileAtomically(path, packed);
}

Image ImageGrid(std::span<const float> images, const std::array<int64_t, 3>& shape, int columns) {
  const auto [channels, height, width] = shape;
  const int64_t each = channels * height * width;
  HAIRPIN_CHECK((channels == 1 || channels == 3) && each >= 1 && columns >= 1 && !images.empty() &&
                static_cast<int64_t>(images.size()) % each == 0)
      << "ImageGrid: " << images.size() << " numbers as images [" << channels << ", " << height
      << ", " << width << "] in " << columns << " columns";
  const int64_t count = static_cast<int64_t>(images.size()) / each;
  const int64_t across = std::min<int64_t>(columns, count), down = (count + across - 1) / across;
  Image grid = Room(static_cast<int>(channels), down * (height + 1) - 1, across * (width + 1) - 1);
  std::fill(grid.bytes.begin(), grid.bytes.end(), uint8_t{128});
  for (int64_t n = 0; n < count; ++n) {
    for (int64_t i = 0; i < each; ++i) {
      const int64_t c = i / (height * width), y = i / width % height, x = i % width;
      const int64_t row = n / across * (height + 1) + y, column = n % across * (width + 1) + x;
      const float value = images[n * each + i];
      const float within = value > 0 ? std::min(value, 1.0f) : 0.0f;  // NaN is black
      grid.bytes[(row * grid.width + column) * channels + c] =
          static_cast<uint8_t>(std::lround(within * 255));
    }
  }
  return grid;
}

}  // namespace hairpin
