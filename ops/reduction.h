// What operations have in common that make one number of all elements over any
// set of axes: which axes, and the shapes. ops/max.cc is the example; sum and
// mean share more (ops/scaled_sum.h).
#ifndef HAIRPIN_OPS_REDUCTION_H_
#define HAIRPIN_OPS_REDUCTION_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "autograd/op.h"
#include "ops/definition.h"

namespace hairpin {

class ReductionOp : public Op {
 public:
  ReductionOp(const Shape& x, absl::Span<const int64_t> axes, bool keepdim);
  OutputSpecs InferOutputs(Specs inputs) const override;
  void WriteAttributes(Attributes* attributes) const override;

 protected:
  ~ReductionOp() = default;
  // x's shape with 1 in the reduced axes.
  Shape Kept(const Shape& x) const;

 private:
  uint32_t reduced_ = 0;  // bit i: axis i
  bool keepdim_;
};

// 0, 1, ... of a constant array: nothing is allocated for a call.
absl::Span<const int64_t> AllAxes(const Shape& shape);

// apply reads the attributes "axes" and "keepdim". Samples have several shapes,
// filled by `sample_of`.
OpDefinition ReductionDefinition(const std::string& name, const std::string& formula,
                                 Variable (*function)(Variable, absl::Span<const int64_t>, bool),
                                 Tensor (*sample_of)(const Shape& shape));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_REDUCTION_H_
