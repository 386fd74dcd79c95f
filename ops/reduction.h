// What sum and mean have in common; ops/sum.cc and ops/mean.cc add a name and
// a scale.
#ifndef HAIRPIN_OPS_REDUCTION_H_
#define HAIRPIN_OPS_REDUCTION_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "autograd/op.h"
#include "ops/definition.h"

namespace hairpin {

// y = scale(x) * sum over axes of x.
class ReductionOp : public Op {
 public:
  ReductionOp(const Shape& x, absl::Span<const int64_t> axes, bool keepdim);
  OutputSpecs InferOutputs(Specs inputs) const override;
  void Forward(const ForwardArgs& args) const override;
  Stages stages() const override;
  void Backward(int stage, const BackwardArgs& args) const override;
  Cost cost(Specs inputs) const override;
  void WriteAttributes(Attributes* attributes) const override;

 protected:
  ~ReductionOp() = default;
  // 1 for a sum, 1 / count for a mean over `count` elements.
  virtual double Scale(int64_t count) const = 0;

 private:
  // x's shape with 1 in the reduced axes.
  Shape Kept(const Shape& x) const;
  double ScaleFor(const Shape& x) const;

  uint32_t reduced_ = 0;  // bit i: axis i
  bool keepdim_;
};

std::vector<int64_t> AllAxes(const Shape& shape);

// apply reads the attributes "axes" and "keepdim".
OpDefinition ReductionDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>, bool));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_REDUCTION_H_
