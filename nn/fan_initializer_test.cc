#include "nn/fan_initializer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "tensor/thread_pool.h"

namespace hairpin::nn {
namespace {

Tensor Filled(const Initializer& initializer, const Shape& shape,
              DType dtype = DType::kFloat64) {
  Tensor tensor = Tensor::Empty({dtype, shape});
  initializer(7, 3, &tensor);
  return tensor;
}

double Deviation(const Tensor& tensor) {
  double squares = 0;
  for (const double x : tensor.ToDoubles()) squares += x * x;
  return std::sqrt(squares / static_cast<double>(tensor.num_elements()));
}

double Largest(const Tensor& tensor) {
  double largest = 0;
  for (const double x : tensor.ToDoubles()) largest = std::max(largest, std::abs(x));
  return largest;
}

TEST(FanInitializerTest, GainsArePyTorchs) {
  EXPECT_EQ(Gain(Nonlinearity::kLinear), 1);
  EXPECT_EQ(Gain(Nonlinearity::kSigmoid), 1);
  EXPECT_DOUBLE_EQ(Gain(Nonlinearity::kTanh), 5.0 / 3);
  EXPECT_DOUBLE_EQ(Gain(Nonlinearity::kRelu), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(Gain(Nonlinearity::kLeakyRelu, 0.2), std::sqrt(2 / 1.04));
  EXPECT_EQ(Gain(Nonlinearity::kSelu), 0.75);
}

// [20, 30, 3, 3]: fan in 270, fan out 180.
TEST(FanInitializerTest, DeviationsFollowTheFans) {
  const Shape shape({20, 30, 3, 3});
  const struct {
    Initializer initializer;
    double deviation;
    bool uniform;
  } cases[] = {
      {KaimingUniformInitializer(), std::sqrt(2.0 / 270), true},
      {KaimingUniformInitializer({.gain = 1, .fan_out = true}), std::sqrt(1.0 / 180), true},
      {KaimingNormalInitializer({.gain = 3}), 3 / std::sqrt(270.0), false},
      {XavierUniformInitializer(), std::sqrt(2.0 / 450), true},
      {XavierNormalInitializer(2), 2 * std::sqrt(2.0 / 450), false},
  };
  for (const auto& c : cases) {
    const Tensor tensor = Filled(c.initializer, shape);
    EXPECT_NEAR(Deviation(tensor) / c.deviation, 1, 0.03);
    const double bound = std::sqrt(3.0) * c.deviation;
    if (c.uniform) {
      EXPECT_LE(Largest(tensor), bound);
      EXPECT_GE(Largest(tensor), 0.99 * bound);
    } else {
      EXPECT_GT(Largest(tensor), 2 * c.deviation);
    }
  }
}

TEST(FanInitializerTest, TheFewerOfRowsAndColumnsAreOrthonormal) {
  for (const Shape& shape : {Shape({6, 9}), Shape({12, 5}), Shape({4, 3, 2, 2})}) {
    const Tensor tensor = Filled(OrthogonalInitializer(2), shape);
    const int64_t rows = shape[0], columns = shape.Product(1, shape.rank());
    const double* const q = tensor.data<double>();
    const int64_t fewer = std::min(rows, columns), others = std::max(rows, columns);
    for (int64_t i = 0; i < fewer; ++i) {
      for (int64_t j = 0; j < fewer; ++j) {
        double dot = 0;
        for (int64_t k = 0; k < others; ++k) {
          dot += rows <= columns ? q[i * columns + k] * q[j * columns + k]
                                 : q[k * columns + i] * q[k * columns + j];
        }
        EXPECT_NEAR(dot, i == j ? 4 : 0, 1e-14);
      }
    }
  }
}

TEST(FanInitializerTest, SameNumbersForAnyThreadsAndRoundedForFloat32) {
  const Initializer initializer = UniformInitializer(1);
  const Tensor one = Filled(initializer, Shape({40'001}));
  SetNumThreads(3);
  const Tensor several = Filled(initializer, Shape({40'001}));
  SetNumThreads(1);
  EXPECT_TRUE(SameBits(one, several));
  EXPECT_TRUE(SameBits(Filled(initializer, Shape({40'001}), DType::kFloat32),
                       one.Cast(DType::kFloat32)));
}

TEST(FanInitializerTest, ByName) {
  const Shape shape({5, 7});
  const std::vector<std::pair<std::string, Initializer>> names = {
      {"kaiming_uniform", KaimingUniformInitializer({.gain = 1.5, .fan_out = true})},
      {"kaiming_normal", KaimingNormalInitializer({.gain = 1.5, .fan_out = true})},
      {"xavier_uniform", XavierUniformInitializer(1.5)},
      {"xavier_normal", XavierNormalInitializer(1.5)},
      {"orthogonal", OrthogonalInitializer(1.5)}};
  for (const auto& [name, expected] : names) {
    const auto made = InitializerByName(name, {.gain = 1.5, .fan_out = true});
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(SameBits(Filled(*made, shape), Filled(expected, shape))) << name;
  }
  EXPECT_THAT(InitializerByName("he", {}).status().message(),
              testing::HasSubstr("found initializer 'he', expected kaiming_uniform"));
}

}  // namespace
}  // namespace hairpin::nn
