// What permute and transpose have in common: a copy with axes in another order.
#ifndef HAIRPIN_OPS_PERMUTATION_H_
#define HAIRPIN_OPS_PERMUTATION_H_

#include "absl/types/span.h"
#include "autograd/op.h"

namespace hairpin {

class PermutationOp : public Op {
 public:
  // Axis k of the output is axis axes[k] of the input.
  explicit PermutationOp(absl::Span<const int> axes);

  OutputSpecs InferOutputs(Specs inputs) const override;
  void Forward(const ForwardArgs& args) const override;
  Stages stages() const override;
  void Backward(int stage, const BackwardArgs& args) const override;
  Cost cost(Specs inputs) const override;

 protected:
  ~PermutationOp() = default;
  absl::Span<const int> axes() const { return {axes_, static_cast<size_t>(rank_)}; }

 private:
  int rank_;
  int axes_[Shape::kMaxRank] = {};
  int inverse_[Shape::kMaxRank] = {};
};

}  // namespace hairpin

#endif  // HAIRPIN_OPS_PERMUTATION_H_
