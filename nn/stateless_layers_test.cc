// Layers without parameters are the operations that they name.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "nn/activation.h"
#include "nn/flatten.h"
#include "nn/pool2d.h"
#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

Variable Of(Recording& recording, Layer& layer, const Tensor& x) {
  EXPECT_EQ(layer.CountParameters(), 0);
  return layer.Forward(recording.Constant(x));
}

TEST(Pool2dTest, TakesMaximumOrMeanOfWindows) {
  const Tensor x = Tensor::FromValues<double>({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, -8});
  MaxPool2d max({}, {.kernel = 2});
  AvgPool2d mean({}, {.kernel = 2, .stride = 1});
  Recording recording;
  EXPECT_EQ(Of(recording, max, x).value().ToDoubles(), (std::vector<double>{6, 7}));
  EXPECT_EQ(Of(recording, mean, x).value().ToDoubles(), (std::vector<double>{3.5, 4.5, 1.5}));
}

TEST(FlattenTest, KeepsTheFirstAxis) {
  const Tensor x = Random({2, 3, 4, 5}, DType::kFloat64, 1);
  Flatten flatten({});
  Recording recording;
  const Variable y = Of(recording, flatten, x);
  EXPECT_EQ(y.shape(), Shape({2, 60}));
  EXPECT_EQ(y.value().ToDoubles(), x.ToDoubles());
}

TEST(ActivationTest, AreTheirFunctions) {
  const Tensor x = Tensor::FromValues<double>({2}, {-1, 2});
  Relu relu({});
  Sigmoid sigmoid({});
  Silu silu({});
  Tanh tanh({});
  Recording recording;
  const auto near = [&](Layer& layer, double first, double second) {
    const std::vector<double> y = Of(recording, layer, x).value().ToDoubles();
    EXPECT_NEAR(y[0], first, 1e-15);
    EXPECT_NEAR(y[1], second, 1e-15);
  };
  near(relu, 0, 2);
  near(sigmoid, 1 / (1 + std::exp(1.0)), 1 / (1 + std::exp(-2.0)));
  near(silu, -1 / (1 + std::exp(1.0)), 2 / (1 + std::exp(-2.0)));
  near(tanh, std::tanh(-1.0), std::tanh(2.0));
}

}  // namespace
}  // namespace hairpin::nn
