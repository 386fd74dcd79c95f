// What differs between two checkpoints, or two tensors: how many elements, how
// far at most, in value and in ulps, and where.
//
//   absl::StatusOr<int64_t> tensors = nn::CompareCheckpoints(
//       "a/step-000500", "b/step-000500", [](const nn::StateDifference& difference) {
//         std::printf("%s\n", nn::Describe(difference).c_str());
//       });
//   // parameter norm.weight: 3 of 192 elements differ, by at most 0.00012207 at [7], 4 ulps at [9]
//
// One tensor of each file is in memory at a time, in its own dtype.
#ifndef HAIRPIN_NN_STATE_DIFFERENCE_H_
#define HAIRPIN_NN_STATE_DIFFERENCE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/state_dict.h"
#include "tensor/tensor.h"

namespace hairpin::nn {

// Elements differ when their bits do: 0 from -0, and a NaN from another NaN.
// Each place is the first of several, numbered as the elements stand in memory.
struct TensorDifference {
  int64_t elements = 0;
  int64_t differing = 0;
  // |a - b| and the number of representable steps from a to b (0 and -0 are one;
  // 0 for int32), largest over the differing elements without NaN. Infinite where
  // one of them is. Place -1: there are none.
  double largest = 0;
  int64_t largest_at = -1;
  uint64_t ulps = 0;
  int64_t ulps_at = -1;
  // Differing elements of which at least one is NaN.
  int64_t nans = 0;
  int64_t nan_at = -1;
};

// CHECKs equal dtypes and shapes.
TensorDifference CompareTensors(const Tensor& a, const Tensor& b);

struct StateDifference {
  std::string kind, name;
  std::optional<TensorSpec> a, b;  // empty: the file does not have it
  TensorDifference values;         // where both have it, of one dtype and shape
};

// One line.
std::string Describe(const StateDifference& difference);

// Calls `report` for each tensor that differs, in the order of file `a`, then
// those that only `b` has; returns their number. Tensors are found by kind and
// name; their order, and the metadata, may differ. Both files are verified
// first; errors are those of nn/checkpoint.h.
absl::StatusOr<int64_t> CompareCheckpoints(
    const std::string& a, const std::string& b,
    const std::function<void(const StateDifference&)>& report);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_STATE_DIFFERENCE_H_
