#include "nn/feed_forward.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

TEST(FeedForwardTest, HasAGateAndBiasesAsAsked) {
  FeedForward plain({}, {.channels = 2, .intermediate = 3});
  EXPECT_EQ(Names(plain),
            (std::vector<std::string>{"in.weight", "in.bias", "out.weight", "out.bias"}));
  FeedForward gated(
      {}, {.channels = 2, .intermediate = 3, .bias = false, .kind = FeedForwardKind::kSwiGlu});
  EXPECT_EQ(Names(gated), (std::vector<std::string>{"in.weight", "gate.weight", "out.weight"}));
  EXPECT_EQ(gated.CountParameters(), 3 * 2 * 3);
}

// One channel, one hidden: the formula by hand.
TEST(FeedForwardTest, FollowsItsFormulas) {
  const double x = 0.8, root = std::sqrt(2 / 3.14159265358979323846);
  for (const FeedForwardKind kind :
       {FeedForwardKind::kGelu, FeedForwardKind::kGeluTanh, FeedForwardKind::kSwiGlu}) {
    FeedForward layer({.dtype = DType::kFloat64},
                      {.channels = 1, .intermediate = 1, .kind = kind});
    Randomize(layer, 1);
    const auto value = [&](const std::string& name) { return Find(layer, name).value().item(); };
    const double h = value("in.weight") * x + value("in.bias");
    double hidden = 0;
    if (kind == FeedForwardKind::kGelu) {
      hidden = h * (1 + std::erf(h / std::sqrt(2.0))) / 2;
    } else if (kind == FeedForwardKind::kGeluTanh) {
      hidden = h * (1 + std::tanh(root * (h + 0.044715 * h * h * h))) / 2;
    } else {
      hidden = h / (1 + std::exp(-h)) * (value("gate.weight") * x + value("gate.bias"));
    }
    Recording recording;
    const Variable y =
        layer.Forward(recording.Constant(Tensor::FromValues<double>({1, 1}, {x})));
    EXPECT_NEAR(y.value().item(), value("out.weight") * hidden + value("out.bias"), 1e-14);
  }
}

TEST(FeedForwardTest, Gradients) {
  const Tensor x = Random({3, 4}, DType::kFloat64, 2);
  for (const FeedForwardKind kind :
       {FeedForwardKind::kGelu, FeedForwardKind::kGeluTanh, FeedForwardKind::kSwiGlu}) {
    FeedForward layer({.dtype = DType::kFloat64},
                      {.channels = 4, .intermediate = 5, .kind = kind});
    Randomize(layer, 1);
    const GradcheckResult result = GradcheckOutput(layer, [&](Recording& recording) {
      return layer.Forward(recording.Constant(x));
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
