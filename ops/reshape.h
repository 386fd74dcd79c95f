// Reshape: the same numbers under another shape. A view, no copy.
#ifndef HAIRPIN_OPS_RESHAPE_H_
#define HAIRPIN_OPS_RESHAPE_H_

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// As many elements as x has. At most one size may be -1: what is left.
Variable Reshape(Variable x, absl::Span<const int64_t> sizes);
inline Variable Reshape(Variable x, std::initializer_list<int64_t> sizes) {
  return Reshape(std::move(x), absl::MakeConstSpan(sizes.begin(), sizes.size()));
}

OpDefinition ReshapeDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_RESHAPE_H_
