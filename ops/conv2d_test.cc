#include "ops/conv2d.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

// y[i, j] = 1 x[i, j] + 10 x[i, j + 1]: the kernel is not turned round.
TEST(Conv2d, IsACrossCorrelation) {
  Recording recording;
  const Variable x =
      recording.Constant(Tensor::FromValues<double>({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  const Variable weight = recording.Constant(Tensor::FromValues<double>({1, 1, 1, 2}, {1, 10}));
  const Variable bias = recording.Constant(Tensor::FromValues<double>({1}, {0.5}));
  EXPECT_EQ(Conv2d(x, weight, bias).value().ToDoubles(),
            (std::vector<double>{21.5, 32.5, 54.5, 65.5}));
}

// The bias's gradient where the weight is frozen: a sum of dy.
TEST(Conv2d, GradientOfTheBiasAlone) {
  Recording recording;
  const Variable x = recording.Constant(SampleUniform({2, 3, 4, 5}));
  const Variable weight = recording.Constant(SampleUniform({2, 3, 3, 3}));
  const Variable bias = recording.Input(SampleUniform({2}));
  const Variable y = Conv2d(x, weight, bias);
  const Tensor upstream = SampleUniform(y.shape(), -1, 1, 7);
  recording.Backward(absl::MakeConstSpan(&y, 1), absl::MakeConstSpan(&upstream, 1));
  std::vector<double> expected(2);
  for (int64_t i = 0; i < upstream.num_elements(); ++i) {
    expected[i / 6 % 2] += upstream.data<double>()[i];
  }
  const std::vector<double> actual = bias.gradient().ToDoubles();
  ASSERT_EQ(actual.size(), 2);
  EXPECT_NEAR(actual[0], expected[0], 1e-14);
  EXPECT_NEAR(actual[1], expected[1], 1e-14);
}

TEST(Conv2dDeathTest, SaysWhatDoesNotFit) {
  Recording recording;
  const auto zeros = [&](const Shape& shape) {
    return recording.Constant(Tensor::Zeros({DType::kFloat32, shape}));
  };
  EXPECT_DEATH(Conv2d(zeros({1, 3, 4, 4}), zeros({2, 2, 3, 3})), "conv2d of 1 groups: x of shape");
  EXPECT_DEATH(Conv2d(zeros({1, 2, 2, 4}), zeros({2, 2, 3, 3})), "kernel that fits");
  EXPECT_DEATH(Conv2d(zeros({1, 2, 4, 4}), zeros({3, 1, 3, 3}), {}, {.groups = 2}),
               "groups dividing F");
  EXPECT_DEATH(Conv2d(zeros({1, 2, 4, 4}), zeros({2, 2, 3, 3}), zeros({3})), "bias \\[F\\]");
  EXPECT_DEATH(Conv2d(zeros({1, 2, 4, 4}), zeros({2, 2, 3, 3}), {}, {.stride = 0}), "stride 0");
}

}  // namespace
}  // namespace hairpin
