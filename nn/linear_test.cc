#include "nn/linear.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64, .seed = 3};

TEST(LinearTest, StartsWithNormalWeightsAndNoBias) {
  Linear linear(kDouble, {.in = 50, .out = 41, .initial_deviation = 0.5});
  EXPECT_EQ(Names(linear), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(Find(linear, "weight").spec().shape, Shape({41, 50}));
  double squares = 0;
  for (const double w : Find(linear, "weight").value().ToDoubles()) squares += w * w;
  EXPECT_NEAR(std::sqrt(squares / 2050), 0.5, 4 * 0.5 / std::sqrt(2 * 2050.0));
  EXPECT_EQ(Find(linear, "bias").value().ToDoubles(), std::vector<double>(41, 0.0));

  Linear without(kDouble, {.in = 50, .out = 41, .bias = false});
  EXPECT_EQ(Names(without), std::vector<std::string>{"weight"});
}

// y[r, o] = sum_i x[r, i] w[o, i] + b[o]
TEST(LinearTest, IsTheProductAndTheBias) {
  for (const bool bias : {true, false}) {
    Linear linear(kDouble, {.in = 4, .out = 5, .bias = bias});
    Randomize(linear, 1);
    const Tensor x = Random({2, 3, 4}, DType::kFloat64, 2);
    Recording recording;
    const Variable y = linear.Forward(recording.Constant(x));
    ASSERT_EQ(y.shape(), Shape({2, 3, 5}));
    const std::vector<double> w = Find(linear, "weight").value().ToDoubles();
    for (int r = 0; r < 6; ++r) {
      for (int o = 0; o < 5; ++o) {
        double expected = bias ? Find(linear, "bias").value().ToDoubles()[o] : 0;
        for (int i = 0; i < 4; ++i) expected += x.data<double>()[4 * r + i] * w[4 * o + i];
        EXPECT_NEAR(y.value().data<double>()[5 * r + o], expected, 1e-14);
      }
    }
  }
}

TEST(LinearTest, Gradients) {
  for (const bool bias : {true, false}) {
    Linear linear(kDouble, {.in = 4, .out = 5, .bias = bias});
    Randomize(linear, 1);
    const Tensor x = Random({2, 3, 4}, DType::kFloat64, 2);
    const GradcheckResult result = GradcheckOutput(linear, [&](Recording& recording) {
      return linear.Forward(recording.Constant(x));
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
