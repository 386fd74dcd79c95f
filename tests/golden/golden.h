// Golden values: what PyTorch, transformers and tokenizers computed, for tests to compare with.
//
//   const Golden golden = Golden::Open("ops").value();   // values/ops.json, values/ops.safetensors
//   for (const auto& c : golden.manifest()["cases"]) {
//     const Tensor a = golden.Get(c["inputs"]["a"], DType::kFloat64);
//     ...
//     EXPECT_LE(RelativeDifference(out, golden.Get(c["outputs"]["out"])), 1e-10) << c["name"];
//   }
//
// Which folder: the environment's HAIRPIN_GOLDEN, if set (`bazel test
// --test_env=HAIRPIN_GOLDEN=/some/folder`), else the values in this project. A folder that was
// asked for and is missing is an error, never a silent fall back. Tests read shapes, attributes
// and cases from the manifests, so that they run as well on values made with another seed.
// README.md says what each file holds and the tolerances.
#ifndef HAIRPIN_TESTS_GOLDEN_GOLDEN_H_
#define HAIRPIN_TESTS_GOLDEN_GOLDEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tensor/tensor.h"
#include "tests/golden/safetensors.h"

namespace hairpin::golden {

// Whether HAIRPIN_GOLDEN names another folder than the project's.
bool IsForeign();

// The path of a file of the golden folder, e.g. "tokenizer/wikitext2.cased.jsonl". Not found, with
// the path in the message, where the folder or the file is not there.
absl::StatusOr<std::string> GoldenPath(const std::string& name);

// A whole file of the golden folder.
absl::StatusOr<std::string> ReadGoldenFile(const std::string& name);

// A file that no seed changes, "tokenizer/characters.json", and that a folder made with another
// seed is without: then the project's own.
absl::StatusOr<std::string> ReadSeedlessGoldenFile(const std::string& name);

class Golden {
 public:
  // One group: "ops", "images", "sequence", "bert", "flagship", "hf_bert/expected" and its like.
  // Reads NAME.json and, unless it is "flagship" (whose weights come from a formula),
  // NAME.safetensors.
  static absl::StatusOr<Golden> Open(const std::string& name);

  const nlohmann::json& manifest() const { return manifest_; }
  const Safetensors& tensors() const { return tensors_; }
  bool Has(const std::string& tensor) const { return tensors_.Find(tensor) != nullptr; }

  // A tensor of that name as it is stored: float64, or int32 for ids and masks. CHECKs that it is
  // there.
  Tensor Get(const std::string& tensor) const;
  // The same, and floating values as `dtype` (float32: rounded to nearest); int32 stays int32.
  Tensor Get(const std::string& tensor, DType dtype) const;

 private:
  Golden(std::string name, nlohmann::json manifest, Safetensors tensors);

  std::string name_;
  nlohmann::json manifest_;
  Safetensors tensors_;
};

// A tensor of Hairpin's with the numbers of `raw`: F64, F32, I32 as they are, I64 as int32 (CHECKs
// that they fit, and at most Shape::kMaxRank axes).
Tensor ToTensor(const RawTensor& raw);

// The largest |a - b| / (1 + |b|) over all elements, b being the expected one: what the tolerances
// of README.md bound. 0 for empty tensors. Where both are NaN, or the same infinity, the
// difference is 0; where only one is, infinite. Infinite also where the shapes differ. Dtypes may
// differ.
double RelativeDifference(const Tensor& actual, const Tensor& expected);

// The largest |a - b|, by the same rules; for gradients that are zero but for rounding.
double AbsoluteDifference(const Tensor& actual, const Tensor& expected);

}  // namespace hairpin::golden

#endif  // HAIRPIN_TESTS_GOLDEN_GOLDEN_H_
