#include "nn/rms_norm.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64, .seed = 3};

TEST(RmsNormTest, DividesByTheRootMeanSquare) {
  RmsNorm norm(kDouble, {.channels = 3, .eps = 0.5});
  EXPECT_EQ(Names(norm), std::vector<std::string>{"weight"});
  Recording recording;
  const Variable y =
      norm.Forward(recording.Constant(Tensor::FromValues<double>({1, 3}, {1, -2, 4})));
  const double root = std::sqrt(21.0 / 3 + 0.5);
  const double expected[] = {1 / root, -2 / root, 4 / root};
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(y.value().data<double>()[i], expected[i], 1e-15);
}

TEST(RmsNormTest, Gradients) {
  RmsNorm norm(kDouble, {.channels = 5});
  Randomize(norm, 1);
  const Tensor x = Random({2, 3, 5}, DType::kFloat64, 2);
  const GradcheckResult result = GradcheckOutput(
      norm, [&](Recording& recording) { return norm.Forward(recording.Constant(x)); });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
