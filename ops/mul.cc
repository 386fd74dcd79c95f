#include "ops/mul.h"

#include "ops/binary.h"
#include "ops/kernels/binary.h"

namespace hairpin {
namespace {

class MulOp final : public BinaryOp {
 public:
  const char* name() const override { return "mul"; }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Multiply(a...); });
  }

  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b01, .inputs = 0b10, .accumulates = 0b01, .broadcasts = 0b01},
        {.gradients = 0b10,
         .inputs = 0b01,
         .accumulates = 0b10,
         .broadcasts = 0b10,
         .over_upstream = 1}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    const int input = stage, other = 1 - stage;
    const Tensor &dy = args.upstream(), &factor = args.input(other);
    DispatchFloating(dy.dtype(), [&]<class T>() {
      kernels::Multiply(dy.data<T>(), dy.shape(), factor.data<T>(), factor.shape(),
                        args.accumulate(input), args.gradient(input).raw<T>(), dy.shape());
    });
  }
};

}  // namespace

Variable Mul(Variable a, Variable b) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<MulOp>(), std::move(a), std::move(b));
}

OpDefinition MulDefinition() {
  const auto sample = +[](const Shape& shape, uint64_t seed) {
    return SampleUniform(shape, -2, 2, seed);
  };
  return BinaryDefinition("mul", "y = a b", Mul, sample, sample);
}

}  // namespace hairpin
