// The graph of one recording: what Recording writes and Backward reads. Not for
// users of Hairpin; they see Variable and Recording.
#ifndef HAIRPIN_AUTOGRAD_GRAPH_H_
#define HAIRPIN_AUTOGRAD_GRAPH_H_

#include <cstdint>

#include "autograd/op.h"
#include "autograd/parameter.h"
#include "tensor/tensor.h"

namespace hairpin {

struct Node;
class Recording;

// One tensor of the graph: an output or extra of a node, or an input of the
// graph (node is null).
struct Value {
  Recording* recording = nullptr;
  Node* node = nullptr;
  int output = 0;  // which of the node's; of an input, which of the recording's
  TensorSpec spec;
  // The same at the upper bound of sizes that depend on the data. What is
  // allocated and counted.
  TensorSpec bound;
  // Null when it was freed or dropped, or not yet replayed.
  Tensor tensor;
  Tensor gradient;
  Parameter* parameter = nullptr;
  int handles = 0;  // Variables that exist
  // Stages of nodes not yet differentiated that will read the tensor.
  int saves = 0;
  // Nodes that read it and that backward has not passed: what a held value waits for.
  int readers = 0;
  uint32_t version = 0;  // of the tensor's storage when the value was made
  bool needs_gradient = false;
  bool cheap = false;    // see ReleasedValue
  bool crosses = false;  // the same
  bool retains_gradient = false;
  // This backward has reached it, and its node has not yet handed on the
  // gradient. (A retained gradient may be an earlier backward's.)
  bool reached = false;
  bool input() const { return node == nullptr; }
};

// One operation that was done.
struct Node {
  const Op* op = nullptr;
  int64_t sequence = 0;  // its place in the recording
  const char* scope = "";
  int32_t region = 0;   // 0: none
  int32_t replays = 0;  // how often it ran again
  int num_inputs = 0;
  int num_outputs = 0;  // without extras
  int num_values = 0;   // outputs and extras
  Value** inputs = nullptr;
  // Of the inputs' storages when Forward read them: what backward and replays
  // read must be the same.
  uint32_t* input_versions = nullptr;
  Value* values = nullptr;
  uint32_t needs = 0;  // bit i: input i needs a gradient
  bool differentiated = false;
  bool passed = false;  // by a backward, differentiated or not; or recorded without gradients
  static constexpr int kMaxInputs = 32;  // the bits of a mask

  bool RunsStage(const BackwardStage& stage) const { return (stage.gradients & needs) != 0; }
};

// An input is handled as broadcast when its largest shape is: what is allocated
// must not depend on the sizes that the data happens to give.
inline bool IsBroadcast(const Value& input, const Value& output) {
  return !(input.bound.shape == output.bound.shape);
}

// Calls visit(value) for each value that `stage` of `node` has saved.
template <class Visit>
void ForEachSaved(const Node& node, const BackwardStage& stage, const Visit& visit) {
  for (int i = 0; i < node.num_inputs; ++i) {
    if (stage.inputs >> i & 1) visit(*node.inputs[i]);
  }
  for (int i = 0; i < node.num_values; ++i) {
    if (stage.outputs >> i & 1) visit(node.values[i]);
  }
}

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_GRAPH_H_
