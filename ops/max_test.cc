#include "ops/max.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

Tensor GradientOf(const Tensor& x, absl::Span<const int64_t> axes, const Tensor& upstream) {
  Recording recording;
  const Variable input = recording.Input(x);
  const Variable y = Max(input, axes);
  recording.Backward(absl::MakeConstSpan(&y, 1), absl::MakeConstSpan(&upstream, 1));
  return input.gradient();
}

// Differences can't see ties: each of k equal largest elements has dy / k.
TEST(Max, TiesShareTheGradient) {
  const Tensor x = Tensor::FromValues<double>({2, 4}, {3, 1, 3, 3, -1, -1, -2, -3});
  const Tensor rows = Tensor::FromValues<double>({2}, {6, 10});
  EXPECT_EQ(GradientOf(x, {1}, rows).ToDoubles(),
            (std::vector<double>{2, 0, 2, 2, 5, 5, 0, 0}));
  EXPECT_EQ(GradientOf(x, {0, 1}, Tensor::Scalar(6.0)).ToDoubles(),
            (std::vector<double>{2, 0, 2, 2, 0, 0, 0, 0}));
}

TEST(MaxDeathTest, NothingToCompare) {
  Recording recording;
  const Variable x = recording.Input(Tensor::Zeros({DType::kFloat32, {3, 0}}));
  EXPECT_DEATH(Max(x, {1}), "expected no empty axis among those reduced");
  EXPECT_EQ(Max(x, {0}).shape(), Shape({0}));
}

}  // namespace
}  // namespace hairpin
