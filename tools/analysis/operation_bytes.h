// Bytes that an operation has to move, by what it declares: the lower half of its
// arithmetic intensity, FLOPs over bytes.
//
//   const NodeView node = recording.node(i);
//   const double intensity = node.cost.forward_flops / double(ForwardBytes(node));
//
// Each value counts once, however often a kernel comes back to it and in whatever cache
// it lies: less cannot be moved, so no kernel's own way of working is in the number.
//   forward   inputs, outputs and extras
//   backward  for each stage that runs: the saved inputs, outputs and extras that it
//             reads, the upstream gradient, the gradients that it makes
// Of a table that ids choose rows of (embedding, index_select), and of its gradient where
// that is a parameter's, only the rows chosen count. Views and gradients that are handed
// on move nothing. Sizes that depend on the data are at their bounds. Workspace and
// adding to a gradient that is there already are left out.
#ifndef HAIRPIN_TOOLS_ANALYSIS_OPERATION_BYTES_H_
#define HAIRPIN_TOOLS_ANALYSIS_OPERATION_BYTES_H_

#include <cstdint>

#include "autograd/graph_view.h"

namespace hairpin {

int64_t ForwardBytes(const NodeView& node);
int64_t BackwardBytes(const NodeView& node);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_OPERATION_BYTES_H_
