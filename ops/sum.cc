#include "ops/sum.h"

#include "ops/scaled_sum.h"

namespace hairpin {
namespace {

class SumOp final : public ScaledSumOp {
 public:
  using ScaledSumOp::ScaledSumOp;
  const char* name() const override { return "sum"; }

 protected:
  double Scale(int64_t count) const override { return 1; }
};

}  // namespace

Variable Sum(Variable x, absl::Span<const int64_t> axes, bool keepdim) {
  Recording& recording = x.recording();
  const Shape shape = x.shape();
  return recording.Apply(recording.New<SumOp>(shape, axes, keepdim), std::move(x));
}

Variable Sum(Variable x) {
  const absl::Span<const int64_t> axes = AllAxes(x.shape());
  return Sum(std::move(x), axes);
}

OpDefinition SumDefinition() {
  return ScaledSumDefinition("sum", "y = sum of x over axes", Sum);
}

}  // namespace hairpin
