#include "nn/gelu.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

// x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2
TEST(GeluTest, IsXTimesTheNormalDistribution) {
  Gelu gelu({});
  EXPECT_EQ(gelu.CountParameters(), 0);
  const Tensor x = Random({4, 25}, DType::kFloat64, 1);
  Recording recording;
  const Variable y = gelu.Forward(recording.Constant(x));
  ASSERT_EQ(y.shape(), x.shape());
  for (int i = 0; i < 100; ++i) {
    const double value = x.data<double>()[i];
    EXPECT_NEAR(y.value().data<double>()[i],
                value * 0.5 * (1 + std::erf(value / std::numbers::sqrt2)), 1e-14);
  }
}

}  // namespace
}  // namespace hairpin::nn
