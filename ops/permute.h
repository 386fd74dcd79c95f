// Axes in another order.
//
//   y[i_0, i_1, ...] = x with y's axis k being x's axis axes[k]
//   dx = dy with the axes back in their places
//
// A copy, for tensors are contiguous. Saved: nothing.
#ifndef HAIRPIN_OPS_PERMUTE_H_
#define HAIRPIN_OPS_PERMUTE_H_

#include <initializer_list>
#include <utility>

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// axes names each of x's axes once, in [-rank, rank).
Variable Permute(Variable x, absl::Span<const int64_t> axes);
inline Variable Permute(Variable x, std::initializer_list<int64_t> axes) {
  return Permute(std::move(x), absl::MakeConstSpan(axes.begin(), axes.size()));
}

OpDefinition PermuteDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_PERMUTE_H_
