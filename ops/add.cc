#include "ops/add.h"

#include "ops/binary.h"
#include "ops/kernels/binary.h"

namespace hairpin {
namespace {

class AddOp final : public BinaryOp {
 public:
  const char* name() const override { return "add"; }

  void Forward(const ForwardArgs& args) const override {
    Elementwise(args, [](auto... a) { kernels::Add(a...); });
  }

  // da = dy and db = dy: nothing to compute, whatever the shapes.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b11, .passes = 0b11, .broadcasts = 0b11}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {}
};

}  // namespace

Variable Add(Variable a, Variable b) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<AddOp>(), std::move(a), std::move(b));
}

OpDefinition AddDefinition() {
  const auto sample = +[](const Shape& shape, uint64_t seed) {
    return SampleUniform(shape, -2, 2, seed);
  };
  return BinaryDefinition("add", "y = a + b", Add, sample, sample);
}

}  // namespace hairpin
