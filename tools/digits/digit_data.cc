#include "tools/digits/digit_data.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "data/image/idx.h"
#include "data/split.h"

namespace hairpin {
namespace {

absl::StatusOr<Dataset> Read(const char* flag, const std::string& images,
                             const std::string& labels) {
  absl::StatusOr<Dataset> dataset = ReadIdxImages(UserPath(images), UserPath(labels));
  if (!dataset.ok()) return ForFlag(flag, dataset.status());
  return dataset;
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

absl::Status Needs(const char* flag, const char* with) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": found none, expected an IDX file", with));
}

}  // namespace

std::vector<FlagSpec> WithDigitFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags = {
      {"Digits", "images", "[none]", "IDX file of images, such as MNIST's; may be packed by gzip"},
      {"Digits", "labels", "[none]", "IDX file of their classes"},
      {"Digits", "test_images", "[the last fifth]", "images that are evaluated on"},
      {"Digits", "test_labels", "[the last fifth]", "their classes"}};
  flags.insert(flags.end(), own.begin(), own.end());
  return flags;
}

std::vector<std::string> DigitPaths() {
  return {"images", "labels", "test_images", "test_labels", "trace"};
}

absl::Status CheckDigitFiles(const DigitFiles& files) {
  if (!files.has_images()) return Needs("images", ", such as MNIST's train-images-idx3-ubyte.gz");
  if (!files.has_labels()) return Needs("labels", " beside --images");
  if (files.has_test_labels() && !files.has_test_images()) {
    return Needs("test_images", " beside --test_labels");
  }
  if (files.has_test_images() && !files.has_test_labels()) {
    return Needs("test_labels", " beside --test_images");
  }
  return absl::OkStatus();
}

absl::StatusOr<DigitData> ReadDigits(const DigitFiles& files) {
  absl::StatusOr<Dataset> all = Read("--images", files.images(), files.labels());
  if (!all.ok()) return all.status();
  const int64_t n = all->size();
  if (!files.has_test_images()) {
    const int64_t train = n - n / 5;
    if (train == n) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--images: found ", n, " images, expected 5 or more, or --test_images beside them"));
    }
    return DigitData{*std::move(all), RecordRange(0, train), RecordRange(train, n)};
  }
  absl::StatusOr<Dataset> test = Read("--test_images", files.test_images(), files.test_labels());
  if (!test.ok()) return test.status();
  if (test->record_shape() != all->record_shape()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--test_images: found images of ", test->record_shape().ToString(), ", expected ",
        all->record_shape().ToString(), ", as in --images"));
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
