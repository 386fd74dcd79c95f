#include "ops/div.h"

#include "ops/binary.h"
#include "ops/kernels/binary.h"

namespace hairpin {
namespace {

class DivOp final : public BinaryOp {
 public:
  const char* name() const override { return "div"; }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Divide(a...); });
  }

  // First db, which reads y; then da.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b10,
         .inputs = 0b10,
         .outputs = 0b1,
         .accumulates = 0b10,
         .broadcasts = 0b10},
        {.gradients = 0b01,
         .inputs = 0b10,
         .accumulates = 0b01,
         .broadcasts = 0b01,
         .over_upstream = 0}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor &dy = args.upstream(), &b = args.input(1);
    DispatchFloating(dy.dtype(), [&]<class T>() {
      if (stage == 0) {
        kernels::DivideBackwardDivisor(dy.data<T>(), args.output(0).data<T>(), b.data<T>(),
                                       b.shape(), args.accumulate(1), args.gradient(1).raw<T>(),
                                       dy.shape());
      } else {
        kernels::Divide(dy.data<T>(), dy.shape(), b.data<T>(), b.shape(), args.accumulate(0),
                        args.gradient(0).raw<T>(), dy.shape());
      }
    });
  }
};

}  // namespace

Variable Div(Variable a, Variable b) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<DivOp>(), std::move(a), std::move(b));
}

OpDefinition DivDefinition() {
  const auto sample = +[](const Shape& shape, uint64_t seed) {
    return SampleUniform(shape, -2, 2, seed);
  };
  const auto divisor = +[](const Shape& shape, uint64_t seed) {
    return SampleAwayFromZero(shape, 0.5, seed);
  };
  return BinaryDefinition("div", "y = a / b", Div, sample, divisor);
}

}  // namespace hairpin
