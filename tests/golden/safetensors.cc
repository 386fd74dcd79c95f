#include "tests/golden/safetensors.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace hairpin::golden {
namespace {

using nlohmann::json;

constexpr uint64_t kLengthBytes = 8;

std::optional<int64_t> BytesOf(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  return std::nullopt;
}

// The product of `shape` and `element_bytes`; nothing for a negative size or one too large.
std::optional<int64_t> BytesOf(const std::vector<int64_t>& shape, int64_t element_bytes) {
  int64_t bytes = element_bytes;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return bytes;
}

bool IsListOfIntegers(const json& value) {
  if (!value.is_array()) return false;
  for (const json& item : value) {
    if (!item.is_number_integer()) return false;
  }
  return true;
}

// One entry of the header, with `data` being what follows the header.
absl::StatusOr<RawTensor> ParseEntry(const json& entry, absl::string_view data) {
  if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string()) {
    return absl::InvalidArgumentError("has no dtype");
  }
  if (!entry.contains("shape") || !IsListOfIntegers(entry["shape"])) {
    return absl::InvalidArgumentError("has no shape");
  }
  if (!entry.contains("data_offsets") || !IsListOfIntegers(entry["data_offsets"]) ||
      entry["data_offsets"].size() != 2) {
    return absl::InvalidArgumentError("has no data_offsets");
  }
  RawTensor tensor{entry["dtype"].get<std::string>(), entry["shape"].get<std::vector<int64_t>>(),
                   {}};
  const std::optional<int64_t> element_bytes = BytesOf(tensor.dtype);
  if (!element_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("has dtype ", tensor.dtype, ", expected F64, F32, I64 or I32"));
  }
  const std::optional<int64_t> expected = BytesOf(tensor.shape, *element_bytes);
  const int64_t begin = entry["data_offsets"][0].get<int64_t>();
  const int64_t end = entry["data_offsets"][1].get<int64_t>();
  if (!expected || begin < 0 || end < begin || end - begin != *expected) {
    return absl::InvalidArgumentError(absl::StrCat("has bytes [", begin, ", ", end,
                                                   "), which do not fit its shape ",
                                                   entry["shape"].dump()));
  }
  if (end > static_cast<int64_t>(data.size())) {
    return absl::InvalidArgumentError(absl::StrCat("has bytes [", begin, ", ", end,
                                                   "), but there are only ", data.size(),
                                                   ": the file is cut"));
  }
  tensor.bytes = data.substr(begin, *expected);
  return tensor;
}

}  // namespace

int64_t RawTensor::num_elements() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

absl::StatusOr<Safetensors> Safetensors::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  return Parse(std::move(contents), path);
}

absl::StatusOr<Safetensors> Safetensors::Parse(std::string contents, const std::string& path) {
  const auto error = [&path](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  Safetensors file;
  file.data_.assign(contents.begin(), contents.end());
  const absl::string_view all(file.data_.data(), file.data_.size());
  if (all.size() < kLengthBytes) {
    return error(absl::StrCat("has ", all.size(), " bytes, expected at least ", kLengthBytes));
  }
  uint64_t header_bytes = 0;
  for (uint64_t i = 0; i < kLengthBytes; ++i) {
    header_bytes |= uint64_t{static_cast<unsigned char>(all[i])} << (8 * i);
  }
  if (header_bytes > all.size() - kLengthBytes) {
    return error(absl::StrCat("says its header has ", header_bytes, " bytes, but only ",
                              all.size() - kLengthBytes, " follow"));
  }
  const absl::string_view text = all.substr(kLengthBytes, header_bytes);
  const json header = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return error("its header is not a JSON object");

  const absl::string_view data = all.substr(kLengthBytes + header_bytes);
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    absl::StatusOr<RawTensor> tensor = ParseEntry(entry, data);
    if (!tensor.ok()) return error(absl::StrCat("tensor ", name, " ", tensor.status().message()));
    file.tensors_.emplace(name, *std::move(tensor));
  }
  return file;
}

const RawTensor* Safetensors::Find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace hairpin::golden
