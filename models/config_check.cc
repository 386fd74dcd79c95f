#include "models/config_check.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

absl::Status CheckSizes(absl::Span<const SizeField> fields) {
  for (const SizeField& field : fields) {
    if (field.size >= field.smallest && field.size <= field.largest) continue;
    return absl::InvalidArgumentError(absl::StrCat(field.name, ": found ", field.size,
                                                   ", expected ", field.smallest, " to ",
                                                   field.largest));
  }
  return absl::OkStatus();
}

absl::Status CheckMultiple(const char* name, int32_t size, const char* divisor_name,
                           int32_t divisor) {
  if (size % divisor == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, ": found ", size,
                                                 ", expected a multiple of ", divisor_name, ", ",
                                                 divisor));
}

absl::Status CheckFraction(const char* name, double value) {
  if (value >= 0 && value < 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": found ", value, ", expected 0 or more and below 1"));
}

}  // namespace hairpin
