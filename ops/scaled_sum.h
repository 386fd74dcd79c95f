// What sum and mean have in common; ops/sum.cc and ops/mean.cc add a name and
// a scale.
#ifndef HAIRPIN_OPS_SCALED_SUM_H_
#define HAIRPIN_OPS_SCALED_SUM_H_

#include <string>

#include "ops/reduction.h"

namespace hairpin {

// y = scale(x) * sum over axes of x.
class ScaledSumOp : public ReductionOp {
 public:
  using ReductionOp::ReductionOp;
  void Forward(const ForwardArgs& args) const override;
  Stages stages() const override;
  void Backward(int stage, const BackwardArgs& args) const override;
  Cost cost(Specs inputs) const override;

 protected:
  ~ScaledSumOp() = default;
  // 1 for a sum, 1 / count for a mean over `count` elements.
  virtual double Scale(int64_t count) const = 0;

 private:
  double ScaleFor(const Shape& x) const;
};

OpDefinition ScaledSumDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>, bool));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_SCALED_SUM_H_
