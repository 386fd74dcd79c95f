// A look at the graph of a recording, for tools: drawings, tables, messages.
//
//   for (int64_t i = 0; i < recording.num_nodes(); ++i) {
//     const NodeView node = recording.node(i);
//     std::printf("%s %s: %lld FLOP\n", node.scope, node.op->name(), node.cost.forward_flops);
//   }
//
// A view is a copy: it stays as it is when the recording goes on, but its
// pointers are good until Reset only.
#ifndef HAIRPIN_AUTOGRAD_GRAPH_VIEW_H_
#define HAIRPIN_AUTOGRAD_GRAPH_VIEW_H_

#include <cstdint>
#include <vector>

#include "autograd/op.h"
#include "autograd/parameter.h"
#include "tensor/tensor.h"

namespace hairpin {

struct ValueView {
  // The node that made it, and which of its outputs and extras this is. An
  // input of the graph has node -1, and `output` numbers the graph's inputs.
  int64_t node = -1;
  int output = 0;
  TensorSpec spec;
  // The same at the upper bound of sizes that depend on the data.
  TensorSpec bound;
  const Parameter* parameter = nullptr;  // null for other values
  Tensor tensor = {};                    // null when it was freed or dropped
  bool requires_gradient = false;
  // Stages of backward, not yet run, that will read it: above 0, it is saved.
  int saves = 0;
  // As the policies see them: ReleasedValue (autograd/policy.h).
  bool cheap = false, crosses = false;
  // Whether the recording's policy keeps or holds it when it is saved. Else its
  // operation is run again. Always true of inputs of the graph.
  bool kept = true;
  bool input() const { return node < 0; }
};

struct NodeView {
  int64_t number = 0;
  const Op* op = nullptr;
  const char* scope = "";  // path of the module that recorded it
  Cost cost;               // for its inputs' shapes
  std::vector<ValueView> inputs;
  std::vector<ValueView> outputs;  // extras are the last of them
  int num_extras = 0;
  // The Region that it was recorded in: a number within the recording, 0 for none.
  int region = 0;
  int64_t replays = 0;  // how often it ran again for backward
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_GRAPH_VIEW_H_
