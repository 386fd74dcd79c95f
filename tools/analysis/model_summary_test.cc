#include "tools/analysis/model_summary.h"

#include "gtest/gtest.h"
#include "nn/linear.h"
#include "nn/module.h"
#include "ops/add.h"
#include "ops/relu.h"

namespace hairpin {
namespace {

// y = relu(out(relu(in(x))) + x), the first relu and the sum its own.
class Block : public nn::Layer {
 public:
  explicit Block(const nn::ModuleContext& context)
      : in_(Add<nn::Linear>(context, "in", nn::LinearOptions{4, 16})),
        out_(Add<nn::Linear>(context, "out", nn::LinearOptions{16, 4})) {}
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    Variable hidden = Relu(in_.Forward(x));
    return Relu(hairpin::Add(out_.Forward(std::move(hidden)), std::move(x)));
  }

 private:
  nn::Linear& in_;
  nn::Linear& out_;
};

TEST(ModelSummary, TellsLayersOfAnyModuleFromADryRecording) {
  Allocator dry(Allocator::Kind::kDry);
  Block block({.allocator = &dry});
  Recording recording({.allocator = &dry});
  Variable x = recording.Constant(
      Tensor::Empty({DType::kFloat32, Shape({32, 4})}, Purpose::kActivation, dry));
  const Variable y = block.Forward(std::move(x));
  // Backward reads what the relus gave: 32 rows of 16 and of 4 channels, in float32.
  EXPECT_EQ(ModelSummary(LayersOf(recording)),
            "layer     operations  output            parameters  kept bytes\n"
            "in        linear      float32 [32, 16]          80           0\n"
            "-         relu, add   float32 [32, 4]            0       2,560\n"
            "out       linear      float32 [32, 4]           68           0\n"
            "together                                       148       2,560\n");
}

}  // namespace
}  // namespace hairpin
