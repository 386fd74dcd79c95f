#include "nn/sequential.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/gelu.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

TEST(SequentialTest, WithoutLayersIsNothing) {
  Sequential empty({});
  const Tensor x = Random({3}, DType::kFloat32, 1);
  Recording recording;
  EXPECT_TRUE(empty.Forward(recording.Constant(x)).value().SharesStorageWith(x));
  EXPECT_EQ(empty.CountParameters(), 0);
}

// Two layers that do not commute, one after another by hand.
TEST(SequentialTest, RunsInTheOrderOfAppending) {
  const ModuleContext context = {.dtype = DType::kFloat64, .seed = 5, .prefix = "head."};
  Sequential both(context);
  Linear& linear = both.Append<Linear>("linear", LinearOptions{.in = 3, .out = 3});
  LayerNorm& norm = both.Append<LayerNorm>("norm", LayerNormOptions{3});
  EXPECT_EQ(Names(both), (std::vector<std::string>{"head.linear.weight", "head.linear.bias",
                                                   "head.norm.weight", "head.norm.bias"}));
  Randomize(both, 1);
  const Tensor x = Random({4, 3}, DType::kFloat64, 1);
  Recording recording;
  const Variable y = both.Forward(recording.Constant(x));
  const Variable by_hand = norm.Forward(linear.Forward(recording.Constant(x)));
  EXPECT_TRUE(SameBits(y.value(), by_hand.value()));
}

TEST(SequentialTest, Gradients) {
  Sequential mlp({.dtype = DType::kFloat64, .seed = 5});
  mlp.Append<Linear>("in", LinearOptions{.in = 4, .out = 6});
  mlp.Append<LayerNorm>("norm", LayerNormOptions{6});
  mlp.Append<Gelu>("gelu");
  mlp.Append<Linear>("out", LinearOptions{.in = 6, .out = 3});
  Randomize(mlp, 1);
  const Tensor x = Random({5, 4}, DType::kFloat64, 1);
  const GradcheckResult result = GradcheckOutput(
      mlp, [&](Recording& recording) { return mlp.Forward(recording.Constant(x)); });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
