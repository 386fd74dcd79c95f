#include "data/image/image_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

// The names in a folder that are folders, or that are not; sorted.
absl::StatusOr<std::vector<std::string>> Names(const std::string& folder, bool folders) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  std::vector<std::string> names;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code unknown;  // a link that leads nowhere is no folder
    if (!name.starts_with('.') && entry->is_directory(unknown) == folders) names.push_back(name);
  }
  if (error) return FileError(error.value(), folder, "read the folder");
  std::sort(names.begin(), names.end());
  return names;
}

bool IsImageName(const std::string& name) {
  return absl::EndsWithIgnoreCase(name, ".png") || absl::EndsWithIgnoreCase(name, ".jpg") ||
         absl::EndsWithIgnoreCase(name, ".jpeg");
}

// Appends [H, W, C] as [C, H, W].
void AppendPlanes(const Image& image, std::vector<uint8_t>* bytes) {
  const int64_t pixels = image.height * image.width;
  for (int64_t c = 0; c < image.channels; ++c) {
    for (int64_t i = 0; i < pixels; ++i) bytes->push_back(image.bytes[i * image.channels + c]);
  }
}

}  // namespace

absl::StatusOr<Dataset> ReadImageFolder(const std::string& folder, ImageOptions options) {
  absl::StatusOr<std::vector<std::string>> classes = Names(folder, /*folders=*/true);
  if (!classes.ok()) return classes.status();
  if (classes->size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat(folder, ": found ", classes->size(),
                                                   classes->size() == 1 ? " folder" : " folders",
                                                   ", expected one for each of two classes or "
                                                   "more"));
  }
  std::vector<uint8_t> bytes;
  std::vector<int32_t> labels;
  for (size_t k = 0; k < classes->size(); ++k) {
    const std::string class_folder = absl::StrCat(folder, "/", (*classes)[k]);
    absl::StatusOr<std::vector<std::string>> names = Names(class_folder, /*folders=*/false);
    if (!names.ok()) return names.status();
    std::erase_if(*names, [](const std::string& name) { return !IsImageName(name); });
    if (names->empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(class_folder, ": found no .png, .jpg or .jpeg, expected at least one"));
    }
    for (const std::string& name : *names) {
      absl::StatusOr<Image> image = ReadImage(absl::StrCat(class_folder, "/", name), options);
      if (!image.ok()) return image.status();
      options.height = image->height;  // the others must be as large
      options.width = image->width;
      AppendPlanes(*image, &bytes);
      labels.push_back(static_cast<int32_t>(k));
    }
  }
  Dataset dataset = Dataset::FromBytes(Shape({options.channels, options.height, options.width}),
                                       std::move(bytes));
  dataset.SetClasses(std::move(labels), *std::move(classes));
  return dataset;
}

}  // namespace hairpin
