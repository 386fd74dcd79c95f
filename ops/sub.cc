#include "ops/sub.h"

#include "ops/binary.h"
#include "ops/kernels/binary.h"
#include "ops/kernels/unary.h"

namespace hairpin {
namespace {

class SubOp final : public BinaryOp {
 public:
  const char* name() const override { return "sub"; }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Subtract(a...); });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b11, .accumulates = 0b10, .passes = 0b01, .broadcasts = 0b11}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    if (!args.needs(1)) return;
    const Tensor& dy = args.upstream();
    DispatchFloating(dy.dtype(), [&]<class T>() {
      kernels::Scale(dy.data<T>(), -1, dy.num_elements(), args.accumulate(1),
                     args.gradient(1).raw<T>());
    });
  }
};

}  // namespace

Variable Sub(Variable a, Variable b) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<SubOp>(), std::move(a), std::move(b));
}

OpDefinition SubDefinition() {
  const auto sample = +[](const Shape& shape, uint64_t seed) {
    return SampleUniform(shape, -2, 2, seed);
  };
  return BinaryDefinition("sub", "y = a - b", Sub, sample, sample);
}

}  // namespace hairpin
