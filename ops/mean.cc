#include "ops/mean.h"

#include "ops/scaled_sum.h"

namespace hairpin {
namespace {

class MeanOp final : public ScaledSumOp {
 public:
  using ScaledSumOp::ScaledSumOp;
  const char* name() const override { return "mean"; }

 protected:
  double Scale(int64_t count) const override { return 1.0 / static_cast<double>(count); }
};

}  // namespace

Variable Mean(Variable x, absl::Span<const int64_t> axes, bool keepdim) {
  Recording& recording = x.recording();
  const Shape shape = x.shape();
  return recording.Apply(recording.New<MeanOp>(shape, axes, keepdim), std::move(x));
}

Variable Mean(Variable x) {
  const absl::Span<const int64_t> axes = AllAxes(x.shape());
  return Mean(std::move(x), axes);
}

OpDefinition MeanDefinition() {
  return ScaledSumDefinition("mean", "y = sum of x over axes / count", Mean);
}

}  // namespace hairpin
