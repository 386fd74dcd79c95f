#include "nn/freeze.h"

#include <gtest/gtest.h>

#include "nn/linear.h"
#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

class Two : public Layer {
 public:
  explicit Two(const ModuleContext& context)
      : first(Add<Linear>(context, "first", LinearOptions{.in = 3, .out = 4})),
        second(Add<Linear>(context, "second", LinearOptions{.in = 4, .out = 2})) {}
  Variable Forward(Variable x) override { return second.Forward(first.Forward(std::move(x))); }
  Linear &first, &second;
};

// A frozen layer gets no gradient, and hands on the one that it hands on otherwise.
TEST(FreezeTest, PartsGetNoGradient) {
  Two model({.dtype = DType::kFloat64, .seed = 1});
  const auto run = [&] {
    model.ClearGradients();
    Recording recording;
    recording.Backward(Sum(model.Forward(recording.Constant(Random({5, 3}, DType::kFloat64, 1)))));
  };
  const auto has_gradient = [&](const char* name) { return Find(model, name).has_gradient(); };
  run();
  EXPECT_TRUE(has_gradient("first.weight") && has_gradient("second.weight"));
  const Tensor before = Find(model, "first.weight").gradient().Clone();
  Freeze(model.second);
  run();
  EXPECT_FALSE(has_gradient("second.weight") || has_gradient("second.bias"));
  EXPECT_TRUE(SameBits(Find(model, "first.weight").gradient(), before));
  Unfreeze(model.second);
  Freeze(model.first);
  run();
  EXPECT_TRUE(has_gradient("second.weight") && has_gradient("second.bias"));
  EXPECT_FALSE(has_gradient("first.weight") || has_gradient("first.bias"));
}

}  // namespace
}  // namespace hairpin::nn
