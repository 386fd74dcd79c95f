// Checks of models' configs, which come from outside.
//
//   absl::Status ValidateConfig(const GptConfig& config) {
//     const absl::Status sizes = CheckSizes({{"layers", config.layers()}, ...});
//     if (!sizes.ok()) return sizes;
//     return CheckFraction("dropout", config.dropout());
//   }
//
// Each returns InvalidArgument naming the field, what was found and what was expected.
#ifndef HAIRPIN_MODELS_CONFIG_CHECK_H_
#define HAIRPIN_MODELS_CONFIG_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tensor/check.h"

namespace hairpin {

// So large that no machine holds it, so small that no product of two overflows.
inline constexpr int32_t kLargestSize = 1 << 20;
// A layer takes memory before it has numbers.
inline constexpr int32_t kMostLayers = 1 << 14;

struct SizeField {
  const char* name;
  int32_t size;
  int32_t smallest = 1;
  int32_t largest = kLargestSize;
};

// Each at least its smallest and at most its largest.
absl::Status CheckSizes(absl::Span<const SizeField> fields);

// `size`, that of `name`, is a multiple of `divisor`, that of `divisor_name`, both positive.
absl::Status CheckMultiple(const char* name, int32_t size, const char* divisor_name,
                           int32_t divisor);

// 0 <= value < 1.
absl::Status CheckFraction(const char* name, double value);

// The config itself, of the model `name`, CHECKed by its ValidateConfig: for constructors.
template <class Config>
const Config& CheckedConfig(const char* name, const Config& config) {
  const absl::Status valid = ValidateConfig(config);
  HAIRPIN_CHECK(valid.ok()) << name << ": " << valid.ToString();
  return config;
}

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_CONFIG_CHECK_H_
