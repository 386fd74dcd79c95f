#include "tools/analysis/operation_bytes.h"

#include <algorithm>
#include <string_view>

namespace hairpin {
namespace {

bool Has(uint32_t mask, size_t bit) { return (mask >> bit & 1) != 0; }

// No Op says of an input that it reads some rows only.
int64_t InputBytes(const NodeView& node, const ValueView& input) {
  const std::string_view name = node.op->name();
  const int64_t bytes = input.bound.bytes();
  if (name != "embedding" && name != "index_select") return bytes;
  return std::min(bytes, node.outputs[0].bound.bytes());
}

int64_t StageBytes(const NodeView& node, const BackwardStage& stage) {
  int64_t gradients = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueView& input = node.inputs[i];
    if (!Has(stage.gradients & ~stage.passes, i) || !input.requires_gradient) continue;
    gradients += input.parameter != nullptr ? InputBytes(node, input) : input.bound.bytes();
  }
  if (gradients == 0) return 0;
  int64_t bytes = gradients;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (Has(stage.inputs, i)) bytes += InputBytes(node, node.inputs[i]);
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueView& output = node.outputs[i];
    if (Has(stage.outputs, i)) bytes += output.bound.bytes();
    const bool extra = i + node.num_extras >= node.outputs.size();
    if (!extra && output.requires_gradient) bytes += output.bound.bytes();  // upstream
  }
  return bytes;
}

}  // namespace

int64_t ForwardBytes(const NodeView& node) {
  if (node.op->is_view()) return 0;
  int64_t bytes = 0;
  for (const ValueView& input : node.inputs) bytes += InputBytes(node, input);
  for (const ValueView& output : node.outputs) bytes += output.bound.bytes();
  return bytes;
}

int64_t BackwardBytes(const NodeView& node) {
  int64_t bytes = 0;
  for (const BackwardStage& stage : node.op->stages()) bytes += StageBytes(node, stage);
  return bytes;
}

}  // namespace hairpin
