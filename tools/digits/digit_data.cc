#include "tools/digits/digit_data.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/image/idx.h"
#include "data/image/image_folder.h"
#include "data/split.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

bool IsFolder(const std::string& path) {
  std::error_code unknown;  // what can't be looked at is opened as a file, which says why
  return std::filesystem::is_directory(UserPath(path), unknown);
}

// `flags`, "--" or "--test_", is what the names of the two flags begin with.
absl::StatusOr<Dataset> Read(const char* flags, const DigitFiles& files, const std::string& images,
                             const std::string& labels) {
  const bool folder = IsFolder(images);
  absl::StatusOr<Dataset> dataset =
      folder ? ReadImageFolder(UserPath(images), {.channels = files.channels(), .stop = StopAsked})
             : ReadIdxImages(UserPath(images), UserPath(labels), StopAsked);
  if (dataset.ok()) return dataset;
  return absl::Status(dataset.status().code(),
                      absl::StrCat(flags, folder ? "images: " : "",
                                   std::string(dataset.status().message())));
}

// a's records, then b's. Both keep their features as bytes and have the same shape.
Dataset Concatenate(const Dataset& a, const Dataset& b) {
  std::vector<uint8_t> bytes;
  std::vector<int32_t> classes;
  for (const Dataset* part : {&a, &b}) {
    for (int64_t record = 0; record < part->size(); ++record) {
      const std::string_view features = part->FeatureBytes(record);
      bytes.insert(bytes.end(), features.begin(), features.end());
    }
    classes.insert(classes.end(), part->classes().begin(), part->classes().end());
  }
  Dataset both = Dataset::FromBytes(a.record_shape(), std::move(bytes));
  both.SetClasses(std::move(classes),
                  (a.class_count() > b.class_count() ? a : b).class_names());
  return both;
}

// Labels stand beside a file of images, and a folder has folders for them.
absl::Status CheckLabels(const char* images_flag, const std::string& images,
                         const char* labels_flag, bool has_labels) {
  if (IsFolder(images) != has_labels) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--", labels_flag, ": found ", has_labels ? "a file, expected none beside a folder as --"
                                                : "none, expected an IDX file beside --",
      images_flag));
}

absl::Status Needs(const char* flag, const char* with) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": found none, expected an IDX file", with));
}

}  // namespace

std::vector<FlagSpec> WithDigitFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags = {
      {"Digits", "images", "[none]",
       "IDX file of images, such as MNIST's, may be packed by gzip; or a folder with a folder of "
       "PNG and JPEG files for each class"},
      {"Digits", "labels", "[none]", "IDX file of their classes; none for a folder"},
      {"Digits", "test_images", "[a fifth]", "images that are evaluated on"},
      {"Digits", "test_labels", "[a fifth]", "their classes"},
      {"Digits", "channels", "1", "of a folder's images: 1, grey, or 3, colours", 1, 3}};
  flags.insert(flags.end(), own.begin(), own.end());
  return flags;
}

std::vector<std::string> DigitPaths() {
  return {"images", "labels", "test_images", "test_labels", "trace"};
}

absl::Status CheckDigitFiles(const DigitFiles& files) {
  if (!files.has_images()) {
    return Needs("images", ", such as MNIST's train-images-idx3-ubyte.gz, or a folder");
  }
  if (files.channels() == 2) {
    return absl::InvalidArgumentError("--channels: found 2, expected 1 or 3");
  }
  absl::Status labels = CheckLabels("images", files.images(), "labels", files.has_labels());
  if (!labels.ok()) return labels;
  if (files.has_test_labels() && !files.has_test_images()) {
    return Needs("test_images", " beside --test_labels");
  }
  if (!files.has_test_images()) return absl::OkStatus();
  return CheckLabels("test_images", files.test_images(), "test_labels", files.has_test_labels());
}

absl::StatusOr<DigitData> ReadDigits(const DigitFiles& files) {
  absl::StatusOr<Dataset> all = Read("--", files, files.images(), files.labels());
  if (!all.ok()) return all.status();
  const int64_t n = all->size();
  if (!files.has_test_images()) {
    // A folder's images come class after class: of them a fifth on average.
    Split split = IsFolder(files.images())
                      ? SplitByContent(*all, {.valid = 0, .test = 0.2})
                      : Split{RecordRange(0, n - n / 5), {}, RecordRange(n - n / 5, n)};
    if (split.train.empty() || split.test.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--images: found ", n, " images, ",
          split.train.empty() ? "none of them for training" : "none of them for evaluation",
          ", expected ", IsFolder(files.images()) ? "more different ones" : "5 or more",
          ", or --test_images beside them"));
    }
    return DigitData{*std::move(all), std::move(split.train), std::move(split.test)};
  }
  absl::StatusOr<Dataset> test =
      Read("--test_", files, files.test_images(), files.test_labels());
  if (!test.ok()) return test.status();
  if (test->record_shape() != all->record_shape()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--test_images: found images of ", test->record_shape().ToString(), ", expected ",
        all->record_shape().ToString(), ", as in --images"));
  }
  if (IsFolder(files.test_images()) && test->class_names() != all->class_names()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--test_images: found the classes ", absl::StrJoin(test->class_names(), ", "),
        ", expected ", absl::StrJoin(all->class_names(), ", "), ", as in --images"));
  }
  const int64_t end = n + test->size();
  return DigitData{Concatenate(*all, *test), RecordRange(0, n), RecordRange(n, end)};
}

std::vector<std::string> DigitFileList(const DigitFiles& files) {
  std::vector<std::string> given;
  for (const std::string& path :
       {files.images(), files.labels(), files.test_images(), files.test_labels()}) {
    if (!path.empty()) given.push_back(UserPath(path));
  }
  return given;
}

}  // namespace hairpin
