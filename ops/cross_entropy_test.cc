#include "ops/cross_entropy.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

// The gradient against softmax minus one-hot in long double, within 1e-12.
TEST(CrossEntropy, GradientIsSoftmaxMinusOneHot) {
  constexpr int64_t kM = 30, kV = 500;
  const Tensor logits = SampleUniform(Shape({kM, kV}), -8, 8);
  Tensor targets = SampleIds(Shape({kM}), 0, kV);
  targets.mutable_data<int32_t>()[4] = -100;
  for (const Reduction reduction : {Reduction::kSum, Reduction::kMean}) {
    Recording recording;
    const Variable x = recording.Input(logits);
    const CrossEntropyResult result =
        CrossEntropy(x, recording.Constant(targets), {.reduction = reduction});
    recording.Backward(result.loss);
    const long double factor = reduction == Reduction::kMean ? 1.0L / (kM - 1) : 1.0L;
    for (int64_t m = 0; m < kM; ++m) {
      const double* row = logits.data<double>() + m * kV;
      long double sum = 0;
      for (int64_t v = 0; v < kV; ++v) sum += std::exp(static_cast<long double>(row[v]));
      const int32_t target = targets.data<int32_t>()[m];
      for (int64_t v = 0; v < kV; ++v) {
        const long double probability = std::exp(static_cast<long double>(row[v])) / sum;
        const long double expected = target < 0 ? 0 : factor * (probability - (v == target));
        const double actual = x.gradient().data<double>()[m * kV + v];
        ASSERT_NEAR(actual, static_cast<double>(expected),
                    static_cast<double>(1e-12L * (1 + std::fabs(expected))))
            << "row " << m << " class " << v;
      }
    }
  }
}

TEST(CrossEntropy, AllIgnored) {
  Recording recording;
  const Variable x = recording.Input(SampleUniform(Shape({3, 4})));
  Tensor targets = SampleIds(Shape({3}), 7, 8);
  const CrossEntropyResult mean = CrossEntropy(
      x, recording.Constant(targets), {.reduction = Reduction::kMean, .ignore_index = 7});
  EXPECT_TRUE(std::isnan(mean.loss.value().item()));
  EXPECT_EQ(mean.correct.value().data<int32_t>()[0], 0);
  recording.Backward(mean.loss);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(x.gradient().data<double>()[i], 0);
}

TEST(CrossEntropyDeathTest, TargetOutOfRange) {
  Recording recording;
  const Variable x = recording.Input(SampleUniform(Shape({3, 4})));
  const Variable targets = recording.Constant(SampleIds(Shape({3}), 4, 5));
  EXPECT_DEATH(CrossEntropy(x, targets), "target 4 in row 0, expected \\[0, 4\\)");
}

}  // namespace
}  // namespace hairpin
