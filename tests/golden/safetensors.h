// Reads safetensors files: named arrays of plain numbers, written by PyTorch.
//
//   absl::StatusOr<Safetensors> file = Safetensors::Read("ops.safetensors");
//   const RawTensor* a = file->Find("add.0.a");
//   a->dtype;  // "F64"
//   a->shape;  // {2, 3}
//   a->bytes;  // 48 bytes, row-major, little-endian
//
// The format: 8 bytes, the header's length as a little-endian number; the header, a JSON object
// {"name": {"dtype": "F64", "shape": [2, 3], "data_offsets": [begin, end]}, ...} with offsets
// counted from the header's end; the data. "__metadata__" is no tensor.
// Source: https://huggingface.co/docs/safetensors
#ifndef HAIRPIN_TESTS_GOLDEN_SAFETENSORS_H_
#define HAIRPIN_TESTS_GOLDEN_SAFETENSORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hairpin::golden {

// One array as it stands in the file.
struct RawTensor {
  std::string dtype;           // "F64", "F32", "I64" or "I32"
  std::vector<int64_t> shape;  // [] for a scalar; a size may be 0
  absl::string_view bytes;     // exactly the elements; may be misaligned; lives as long as the file

  int64_t num_elements() const;
};

class Safetensors {
 public:
  // Reads the whole file. An error names the file, the tensor, what was found and what was
  // expected: unreadable, cut, a header that is not JSON or lacks a field, another dtype, bytes
  // that do not fit the shape or lie outside the file.
  static absl::StatusOr<Safetensors> Read(const std::string& path);

  // A file that is in memory; `path` is for messages.
  static absl::StatusOr<Safetensors> Parse(std::string contents, const std::string& path);

  Safetensors() = default;  // no tensors
  Safetensors(Safetensors&&) = default;
  Safetensors& operator=(Safetensors&&) = default;

  // Null where there is no such tensor.
  const RawTensor* Find(const std::string& name) const;

  // All tensors by name.
  const std::map<std::string, RawTensor>& tensors() const { return tensors_; }

 private:
  std::vector<char> data_;  // what the tensors' bytes point into; moving it keeps their address
  std::map<std::string, RawTensor> tensors_;
};

}  // namespace hairpin::golden

#endif  // HAIRPIN_TESTS_GOLDEN_SAFETENSORS_H_
