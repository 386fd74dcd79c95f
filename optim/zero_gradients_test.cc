#include "optim/zero_gradients.h"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void SetGradient(Parameter& parameter, std::initializer_list<double> values) {
  parameter.GradientMemory().CopyFrom(
      Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values));
  parameter.MarkGradient();
}

std::vector<std::string> Names(const std::vector<const Parameter*>& parameters) {
  std::vector<std::string> names;
  for (const Parameter* parameter : parameters) names.push_back(parameter->name());
  return names;
}

class ZeroGradientWatchTest : public ::testing::Test {
 protected:
  Parameter a_{"a", Tensor::Zeros({DType::kFloat64, Shape({2})})};
  Parameter b_{"b", Tensor::Zeros({DType::kFloat64, Shape({2})})};
  ZeroGradientWatch watch_{{&a_, &b_}, /*steps=*/3};
};

TEST_F(ZeroGradientWatchTest, NamesAParameterOnceAndAgainAfterItMoved) {
  SetGradient(a_, {0, 1e-300});  // small, but a gradient
  SetGradient(b_, {0, -0.0});
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  EXPECT_THAT(Names(watch_.Observe()), ElementsAre("b"));
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  SetGradient(b_, {std::numeric_limits<double>::quiet_NaN(), 0});  // not zero either
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  SetGradient(b_, {0, 0});
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  EXPECT_THAT(watch_.Observe(), IsEmpty());
  EXPECT_THAT(Names(watch_.Observe()), ElementsAre("b"));
}

TEST_F(ZeroGradientWatchTest, NoGradientAtAllIsZero) {
  SetGradient(b_, {1, 1});
  for (int step = 0; step < 2; ++step) EXPECT_THAT(watch_.Observe(), IsEmpty());
  EXPECT_THAT(Names(watch_.Observe()), ElementsAre("a"));
}

}  // namespace
}  // namespace hairpin
