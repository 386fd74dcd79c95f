#include "nn/group_norm.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64, .seed = 3};

// Of 4 channels of 3 positions, two a group.
TEST(GroupNormTest, NormalizesRunsOfChannelsOfEachImage) {
  GroupNorm norm(kDouble, {.groups = 2, .channels = 4});
  EXPECT_EQ(Names(norm), (std::vector<std::string>{"weight", "bias"}));
  Recording recording;
  const Variable y = norm.Forward(recording.Constant(Random({2, 4, 3}, DType::kFloat64, 1)));
  ASSERT_EQ(y.shape(), Shape({2, 4, 3}));
  for (int run = 0; run < 4; ++run) {
    double sum = 0, squares = 0;
    for (int i = 0; i < 6; ++i) {
      const double value = y.value().data<double>()[6 * run + i];
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum, 0, 1e-13);
    EXPECT_NEAR(squares, 6, 1e-2);
  }
}

TEST(GroupNormTest, Gradients) {
  GroupNorm norm(kDouble, {.groups = 2, .channels = 6, .eps = 0.1});
  Randomize(norm, 1);
  const Tensor x = Random({2, 6, 2, 2}, DType::kFloat64, 2);
  const GradcheckResult result = GradcheckOutput(
      norm, [&](Recording& recording) { return norm.Forward(recording.Constant(x)); });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
