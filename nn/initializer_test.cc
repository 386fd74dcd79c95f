#include "nn/initializer.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tensor/thread_pool.h"

namespace hairpin::nn {
namespace {

std::vector<double> Normal(int64_t n, double deviation, uint64_t seed, uint32_t ordinal = 0,
                           DType dtype = DType::kFloat64) {
  Tensor tensor = Tensor::Empty({dtype, {n}});
  NormalInitializer(deviation)(seed, ordinal, &tensor);
  return tensor.ToDoubles();
}

// Each bound is four standard errors of a sample of n; the seed is fixed, so it can't come and go.
TEST(InitializerTest, NormalHasItsMeanDeviationAndTails) {
  constexpr int64_t kCount = 100'000;
  const std::vector<double> x = Normal(kCount, 0.5, 1);
  double sum = 0, squares = 0, products = 0;
  int beyond[2] = {};
  for (size_t i = 0; i < x.size(); ++i) {
    sum += x[i];
    squares += x[i] * x[i];
    if (i > 0) products += x[i] * x[i - 1];
    for (int k = 0; k < 2; ++k) beyond[k] += std::abs(x[i]) > 0.5 * (k + 1) ? 1 : 0;
  }
  const double root = std::sqrt(static_cast<double>(kCount));
  EXPECT_NEAR(sum / kCount, 0, 4 * 0.5 / root);
  EXPECT_NEAR(std::sqrt(squares / kCount), 0.5, 4 * 0.5 / (root * std::sqrt(2.0)));
  EXPECT_NEAR(products / squares, 0, 4 / root);  // neighbours know nothing of each other
  EXPECT_NEAR(beyond[0] / static_cast<double>(kCount), 0.31731, 4 * 0.4655 / root);
  EXPECT_NEAR(beyond[1] / static_cast<double>(kCount), 0.04550, 4 * 0.2084 / root);
}

TEST(InitializerTest, NormalIsAFunctionOfSeedParameterAndElement) {
  const std::vector<double> x = Normal(50'001, 0.02, 7, 3);
  for (const int threads : {2, 3}) {
    SetNumThreads(threads);
    EXPECT_EQ(Normal(50'001, 0.02, 7, 3), x) << threads;
  }
  SetNumThreads(1);
  for (const int64_t n : {0, 1, 2, 3, 4, 5, 17}) {
    EXPECT_EQ(Normal(n, 0.02, 7, 3), std::vector<double>(x.begin(), x.begin() + n)) << n;
  }
  EXPECT_NE(Normal(9, 0.02, 8, 3), Normal(9, 0.02, 7, 3));
  EXPECT_NE(Normal(9, 0.02, 7, 4), Normal(9, 0.02, 7, 3));
}

TEST(InitializerTest, Float32IsFloat64Rounded) {
  const std::vector<double> exact = Normal(1001, 0.02, 5);
  const std::vector<double> rounded = Normal(1001, 0.02, 5, 0, DType::kFloat32);
  for (size_t i = 0; i < exact.size(); ++i) EXPECT_EQ(rounded[i], static_cast<float>(exact[i]));
}

TEST(InitializerTest, ConstantFillsEveryElement) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    Tensor tensor = Tensor::Zeros({dtype, {3, 5}});
    ConstantInitializer(-1.5)(9, 9, &tensor);
    EXPECT_EQ(tensor.ToDoubles(), std::vector<double>(15, -1.5)) << dtype;
  }
}

}  // namespace
}  // namespace hairpin::nn
