#include "tests/golden/golden.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/check.h"

namespace hairpin::golden {
namespace {

using nlohmann::json;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string ProjectFolder() {
  return absl::StrCat(Environment("TEST_SRCDIR"), "/", Environment("TEST_WORKSPACE"),
                      "/tests/golden/values");
}

absl::StatusOr<std::string> Folder() {
  const std::string asked_for = Environment("HAIRPIN_GOLDEN");
  const std::string folder = asked_for.empty() ? ProjectFolder() : asked_for;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return absl::NotFoundError(absl::StrCat(
        folder, ": no such folder of golden values",
        asked_for.empty() ? " (a test that reads them needs data = [\"//tests/golden:values\"])"
                          : " (from the environment's HAIRPIN_GOLDEN)"));
  }
  return folder;
}

absl::StatusOr<std::string> PathIn(const std::string& folder, const std::string& name) {
  const std::string path = absl::StrCat(folder, "/", name);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file of golden values"));
  }
  return path;
}

absl::StatusOr<std::string> Read(const absl::StatusOr<std::string>& path) {
  if (!path.ok()) return path.status();
  std::ifstream file(*path, std::ios::binary);
  std::string contents(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(absl::StrCat(*path, ": cannot be read"));
  }
  return contents;
}

template <class To, class From>
Tensor Copy(const RawTensor& raw, const Shape& shape) {
  Tensor tensor = Tensor::Empty({DTypeOf<To>, shape});
  To* out = tensor.raw<To>();
  for (int64_t i = 0; i < shape.num_elements(); ++i) {
    From value;
    std::memcpy(&value, raw.bytes.data() + i * sizeof(From), sizeof(From));
    out[i] = static_cast<To>(value);
    HAIRPIN_CHECK(!std::is_integral_v<From> || static_cast<From>(out[i]) == value)
        << "golden: " << value << " does not fit int32";
  }
  return tensor;
}

template <class Difference>
double LargestDifference(const Tensor& actual, const Tensor& expected, Difference difference) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(actual.shape() == expected.shape())) return kInfinity;
  const std::vector<double> a = actual.ToDoubles(), b = expected.ToDoubles();
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return kInfinity;
    largest = std::max(largest, difference(a[i], b[i]));
  }
  return largest;
}

}  // namespace

bool IsForeign() { return !Environment("HAIRPIN_GOLDEN").empty(); }

absl::StatusOr<std::string> GoldenPath(const std::string& name) {
  absl::StatusOr<std::string> folder = Folder();
  return folder.ok() ? PathIn(*folder, name) : folder.status();
}

absl::StatusOr<std::string> ReadGoldenFile(const std::string& name) {
  return Read(GoldenPath(name));
}

absl::StatusOr<std::string> ReadSeedlessGoldenFile(const std::string& name) {
  const absl::StatusOr<std::string> folder = Folder();
  if (!folder.ok()) return folder.status();
  const absl::StatusOr<std::string> path = PathIn(*folder, name);
  return Read(path.ok() ? path : PathIn(ProjectFolder(), name));
}

Golden::Golden(std::string name, json manifest, Safetensors tensors)
    : name_(std::move(name)), manifest_(std::move(manifest)), tensors_(std::move(tensors)) {}

absl::StatusOr<Golden> Golden::Open(const std::string& name) {
  absl::StatusOr<std::string> text = ReadGoldenFile(name + ".json");
  if (!text.ok()) return text.status();
  json manifest = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ".json: not a JSON object"));
  }
  if (name == "flagship") return Golden(name, std::move(manifest), Safetensors());
  absl::StatusOr<std::string> path = GoldenPath(name + ".safetensors");
  if (!path.ok()) return path.status();
  absl::StatusOr<Safetensors> tensors = Safetensors::Read(*path);
  if (!tensors.ok()) return tensors.status();
  return Golden(name, std::move(manifest), *std::move(tensors));
}

Tensor Golden::Get(const std::string& tensor) const {
  const RawTensor* raw = tensors_.Find(tensor);
  HAIRPIN_CHECK(raw != nullptr) << "golden: " << name_ << ".safetensors has no tensor " << tensor;
  return ToTensor(*raw);
}

Tensor Golden::Get(const std::string& tensor, DType dtype) const {
  const Tensor stored = Get(tensor);
  return IsFloating(stored.dtype()) && stored.dtype() != dtype ? stored.Cast(dtype) : stored;
}

Tensor ToTensor(const RawTensor& raw) {
  const Shape shape(raw.shape);
  if (raw.dtype == "F64") return Copy<double, double>(raw, shape);
  if (raw.dtype == "F32") return Copy<float, float>(raw, shape);
  if (raw.dtype == "I32") return Copy<int32_t, int32_t>(raw, shape);
  HAIRPIN_CHECK(raw.dtype == "I64") << "golden: dtype " << raw.dtype;
  return Copy<int32_t, int64_t>(raw, shape);
}

// |a - b| / (1 + |b|)
double RelativeDifference(const Tensor& actual, const Tensor& expected) {
  return LargestDifference(actual, expected, [](double a, double b) {
    return std::abs(a - b) / (1 + std::abs(b));
  });
}

double AbsoluteDifference(const Tensor& actual, const Tensor& expected) {
  return LargestDifference(actual, expected,
                           [](double a, double b) { return std::abs(a - b); });
}

}  // namespace hairpin::golden
