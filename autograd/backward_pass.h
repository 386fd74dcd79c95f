// One backward through a recording. Not for users of Hairpin: Recording::Backward.
#ifndef HAIRPIN_AUTOGRAD_BACKWARD_PASS_H_
#define HAIRPIN_AUTOGRAD_BACKWARD_PASS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "autograd/graph.h"
#include "autograd/observer.h"
#include "autograd/op.h"
#include "autograd/variable.h"
#include "tensor/tensor.h"

namespace hairpin {

class BackwardPass {
 public:
  explicit BackwardPass(Recording& recording) : recording_(recording) {}
  void Run(absl::Span<const Variable> roots, absl::Span<const Tensor> seeds);

 private:
  // Order (backward.cc): nodes, stages, one Op::Backward.
  static bool HasUpstream(const Node& node);
  static bool IsRead(const Node& node);
  void Pass(Node* node);
  void Differentiate(Node* node);
  void RunStage(Node* node, int s, Tensor* upstream, bool last);
  void Compute(Node* node, const OperationRun& run, uint32_t computed, Tensor* upstream,
               bool last);

  // Places and sums (gradients.cc).
  bool FindInPlace(const Node& node, const BackwardStage& stage, size_t i, uint32_t computed,
                   BackwardArgs::Gradient* gradient);
  bool IsHeldForOthers(const Node& node, const Value& value) const;
  Tensor MakeDestination(const Node& node, const BackwardStage& stage, size_t i,
                         const Tensor& upstream);
  void HandOn(const Node& node, size_t i, const Tensor& gradient, bool may_be_broadcast);
  void AddToGradient(Value* value, const Tensor& gradient);

  Recording& recording_;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_BACKWARD_PASS_H_
