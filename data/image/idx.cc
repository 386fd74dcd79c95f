#include "data/image/idx.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "data/gzip_file.h"

namespace hairpin {
namespace {

constexpr size_t kChunkBytes = size_t{1} << 16;

// Fills `bytes` or says that `path` ends at `offset` + what there was.
absl::Status ReadAll(GzipFile& file, std::span<uint8_t> bytes, int64_t offset,
                     const std::string& what) {
  absl::StatusOr<size_t> got = file.Read(bytes);
  if (!got.ok()) return got.status();
  if (*got == bytes.size()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(file.path(), ": byte ", offset + *got,
                                          ": found the end, expected ", what));
}

uint32_t BigEndian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

// The sizes in the header; their product is at most what the file can hold.
absl::StatusOr<std::vector<int64_t>> ReadHeader(GzipFile& file, int axes) {
  uint8_t magic[4];
  absl::Status status = ReadAll(file, magic, 0, "the four bytes that an IDX file begins with");
  if (!status.ok()) return status;
  const uint8_t expected[4] = {0, 0, 8, static_cast<uint8_t>(axes)};
  if (!std::equal(magic, magic + 4, expected)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: byte 0: found %02x %02x %02x %02x, expected 00 00 08 %02x: an IDX file of unsigned "
        "bytes with %d %s",
        file.path(), magic[0], magic[1], magic[2], magic[3], axes, axes,
        axes == 1 ? "axis" : "axes"));
  }
  std::vector<int64_t> sizes;
  int64_t elements = 1;
  const int64_t most = file.max_bytes();  // of a file's size: far from overflow
  for (int axis = 0; axis < axes; ++axis) {
    const int64_t offset = 4 + 4 * axis;
    uint8_t bytes[4];
    status = ReadAll(file, bytes, offset, absl::StrCat("the size of axis ", axis));
    if (!status.ok()) return status;
    const int64_t size = BigEndian(bytes);
    if (size == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.path(), ": byte ", offset, ": found size 0 of axis ", axis, ", expected 1 or more"));
    }
    if (size > most / elements) {
      return absl::ResourceExhaustedError(
          absl::StrCat(file.path(), ": byte ", offset, ": found size ", size, " of axis ", axis,
                       ", expected no more elements than such a file can hold (", most, ")"));
    }
    elements *= size;
    sizes.push_back(size);
  }
  return sizes;
}

}  // namespace

absl::StatusOr<IdxArray> ReadIdx(const std::string& path, int axes, StopQuestion stop) {
  auto file = GzipFile::Open(path, {.stop = std::move(stop)});
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<int64_t>> sizes = ReadHeader(**file, axes);
  if (!sizes.ok()) return sizes.status();
  IdxArray array = {.sizes = *std::move(sizes), .bytes = {}};
  int64_t elements = 1;
  for (const int64_t size : array.sizes) elements *= size;
  const int64_t header = 4 + 4 * axes;
  // As much as has come already is what more is asked for.
  for (size_t done = 0; done < static_cast<size_t>(elements);) {
    const size_t next =
        std::min(static_cast<size_t>(elements), done + std::max(kChunkBytes, done));
    array.bytes.resize(next);
    absl::Status status =
        ReadAll(**file, std::span(array.bytes).subspan(done), header + static_cast<int64_t>(done),
                absl::StrCat(elements, " elements"));
    if (!status.ok()) return status;
    done = next;
  }
  array.bytes.shrink_to_fit();
  uint8_t extra;
  absl::StatusOr<size_t> got = (*file)->Read(std::span(&extra, 1));
  if (!got.ok()) return got.status();
  if (*got > 0) {
    return absl::DataLossError(absl::StrCat(path, ": byte ", header + elements,
                                            ": found more, expected the end after ", elements,
                                            " elements"));
  }
  return array;
}

namespace {

absl::Status Of(const char* which, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(which, ": ", std::string(status.message())));
}

}  // namespace

absl::StatusOr<Dataset> ReadIdxImages(const std::string& images_path,
                                      const std::string& labels_path, StopQuestion stop) {
  absl::StatusOr<IdxArray> images = ReadIdx(images_path, 3, stop);
  if (!images.ok()) return Of("images", images.status());
  absl::StatusOr<IdxArray> labels = ReadIdx(labels_path, 1, std::move(stop));
  if (!labels.ok()) return Of("labels", labels.status());
  if (labels->sizes[0] != images->sizes[0]) {
    return absl::InvalidArgumentError(absl::StrCat(
        "labels: ", labels_path, ": found ", labels->sizes[0], " labels, expected ",
        images->sizes[0], " as there are images in ", images_path));
  }
  Dataset dataset = Dataset::FromBytes(Shape({1, images->sizes[1], images->sizes[2]}),
                                       std::move(images->bytes));
  std::vector<int32_t> classes(labels->bytes.begin(), labels->bytes.end());
  std::vector<std::string> names;
  const int32_t most = *std::max_element(classes.begin(), classes.end());
  for (int32_t k = 0; k <= most; ++k) names.push_back(absl::StrCat(k));
  dataset.SetClasses(std::move(classes), std::move(names));
  return dataset;
}

}  // namespace hairpin
