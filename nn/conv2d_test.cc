#include "nn/conv2d.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64, .seed = 3};

TEST(Conv2dTest, StartsByKaimingWithoutBias) {
  Conv2d conv(kDouble, {.in = 8, .out = 16, .kernel = 5, .groups = 2});
  EXPECT_EQ(Names(conv), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(Find(conv, "weight").spec().shape, Shape({16, 4, 5, 5}));
  double squares = 0;
  for (const double w : Find(conv, "weight").value().ToDoubles()) squares += w * w;
  EXPECT_NEAR(squares / 1600, 2.0 / 100, 0.002);
  EXPECT_EQ(Find(conv, "bias").value().ToDoubles(), std::vector<double>(16, 0.0));
  Conv2d without(kDouble, {.in = 1, .out = 1, .bias = false});
  EXPECT_EQ(Names(without), std::vector<std::string>{"weight"});
}

TEST(Conv2dTest, HandsItsOptionsOn) {
  Conv2d conv(kDouble, {.in = 2, .out = 3, .kernel = 3, .stride = 2, .padding = 2, .dilation = 2});
  Randomize(conv, 1);
  const Tensor x = Random({2, 2, 7, 9}, DType::kFloat64, 2);
  Recording recording;
  const Variable y = conv.Forward(recording.Constant(x));
  const Variable expected = hairpin::Conv2d(
      recording.Constant(x), recording.Use(Find(conv, "weight")),
      recording.Use(Find(conv, "bias")), {.stride = 2, .padding = 2, .dilation = 2});
  EXPECT_EQ(y.shape(), Shape({2, 3, 4, 5}));
  EXPECT_TRUE(SameBits(y.value(), expected.value()));
}

TEST(Conv2dTest, Gradients) {
  for (const bool bias : {true, false}) {
    Conv2d conv(kDouble, {.in = 2, .out = 3, .padding = 1, .bias = bias});
    Randomize(conv, 1);
    const Tensor x = Random({2, 2, 4, 5}, DType::kFloat64, 2);
    const GradcheckResult result = GradcheckOutput(
        conv, [&](Recording& recording) { return conv.Forward(recording.Constant(x)); });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
