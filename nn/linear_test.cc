#include "nn/linear.h"

#include <algorithm>
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

// As torch.nn.Linear, in every width; another place in the model, other values.
TEST(LinearTest, StartsUniformByItsWidthUnlessADeviationIsGiven) {
  for (const int64_t in : {4, 900}) {
    Linear linear(kDouble, {.in = in, .out = 500});
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    for (const char* name : {"weight", "bias"}) {
      const std::vector<double> values = Find(linear, name).value().ToDoubles();
      double squares = 0, largest = 0;
      for (const double value : values) {
        squares += value * value;
        largest = std::max(largest, std::abs(value));
      }
      EXPECT_LE(largest, bound);
      EXPECT_GT(largest, 0.98 * bound);
      const double n = static_cast<double>(values.size());
      // Of a square's mean bound^2 / 3: four standard deviations.
      EXPECT_NEAR(squares / n, bound * bound / 3, 4 * bound * bound * std::sqrt(4 / (45 * n)));
    }
  }
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
