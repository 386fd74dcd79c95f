#include "optim/clip.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ClipTest, NormIsOverAllGradientsThatThereAre) {
  Parameter a("a", Tensor::Zeros({DType::kFloat64, {2}}));
  Parameter b("b", Tensor::Zeros({DType::kFloat32, {1}}));
  Parameter none("none", Tensor::Zeros({DType::kFloat64, {1}}));
  const std::vector<Parameter*> all = {&a, &none, &b};
  EXPECT_EQ(GlobalGradientNorm(all), 0);
  SetGradient(a, {2, 3});
  SetGradient(b, {6});
  EXPECT_DOUBLE_EQ(GlobalGradientNorm(all), 7);
  a.ClearGradient();
  EXPECT_DOUBLE_EQ(GlobalGradientNorm(all), 6);
}

// Half a million squares of 0.1f, added up in float32, are off by 1e-4 and more.
TEST(ClipTest, NormOfFloat32IsSummedInDouble) {
  constexpr int64_t kCount = 500'001;
  Parameter weight("w", Tensor::Zeros({DType::kFloat32, {kCount}}));
  SetGradient(weight, std::vector<double>(kCount, 0.1));
  const double expected = static_cast<double>(0.1f) * std::sqrt(static_cast<double>(kCount));
  EXPECT_NEAR(GlobalGradientNorm(std::vector<Parameter*>{&weight}), expected, 1e-10 * expected);
}

TEST(ClipTest, OneBadElementIsSeenInTheNorm) {
  Parameter weight("w", Tensor::Zeros({DType::kFloat32, {3}}));
  const std::vector<Parameter*> all = {&weight};
  SetGradient(weight, {1, -kInfinity, 2});
  EXPECT_EQ(GlobalGradientNorm(all), kInfinity);
  SetGradient(weight, {1, kNaN, 2});
  EXPECT_TRUE(std::isnan(GlobalGradientNorm(all)));
}

TEST(ClipTest, DryGradientsHaveNoNorm) {
  Allocator dry(Allocator::Kind::kDry);
  Parameter weight("w", Tensor::Zeros({DType::kFloat32, {3}}, Purpose::kParameter, dry));
  weight.GradientMemory();
  weight.MarkGradient();
  EXPECT_EQ(GlobalGradientNorm(std::vector<Parameter*>{&weight}), 0);
}

TEST(ClipTest, FactorShrinksOnlyAndKeepsNan) {
  EXPECT_DOUBLE_EQ(ClipFactor(4, 1), 1 / 4.000001);
  EXPECT_DOUBLE_EQ(ClipFactor(4, 3), 3 / 4.000001);
  EXPECT_EQ(ClipFactor(0.5, 1), 1);
  EXPECT_EQ(ClipFactor(0, 1), 1);
  EXPECT_LT(ClipFactor(1, 1), 1);
  EXPECT_EQ(ClipFactor(100, 0), 1);
  EXPECT_EQ(ClipFactor(kInfinity, 1), 0);
  EXPECT_TRUE(std::isnan(ClipFactor(kNaN, 1)));
}

TEST(ClipTest, ValuesOfEveryGradientThatThereIs) {
  Parameter a("a", Tensor::Zeros({DType::kFloat64, {4}}));
  Parameter b("b", Tensor::Zeros({DType::kFloat32, {2}}));
  Parameter none("none", Tensor::Zeros({DType::kFloat64, {1}}));
  SetGradient(a, {2, -3, 0.25, -kInfinity});
  SetGradient(b, {-0.5, kNaN});
  ClipGradientValues(std::vector<Parameter*>{&a, &none, &b}, 0.5);
  EXPECT_EQ(a.gradient().ToDoubles(), (std::vector<double>{0.5, -0.5, 0.25, -0.5}));
  EXPECT_EQ(b.gradient().ToDoubles()[0], -0.5);
  EXPECT_TRUE(std::isnan(b.gradient().ToDoubles()[1]));
  EXPECT_FALSE(none.has_gradient());
}

TEST(ClipDeathTest, LimitIsChecked) {
  EXPECT_DEATH(ClipGradientValues({}, -1), "found limit -1, expected at least 0");
}

}  // namespace
}  // namespace hairpin
