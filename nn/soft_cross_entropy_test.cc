#include "nn/soft_cross_entropy.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin::nn {
namespace {

// Logits as a module, so that gradients with respect to them can be checked.
class Logits : public Module {
 public:
  Logits()
      : value(AddParameter({.dtype = DType::kFloat64, .seed = 3}, "value", Shape({4, 3}),
                           NormalInitializer(0.7))) {}
  // -log softmax of row b at k.
  double Loss(int b, int k) const {
    const std::vector<double> x = value.value().ToDoubles();
    double sum = 0;
    for (int i = 0; i < 3; ++i) sum += std::exp(x[3 * b + i]);
    return std::log(sum) - x[3 * b + k];
  }
  Parameter& value;
};

const Tensor kClasses = Tensor::FromValues<int32_t>({4}, {2, 0, 2, 1});
const std::vector<float> kWeights = {0.5f, 2.0f, 0.75f};

TEST(SoftCrossEntropyTest, IsTheSharesOfTheClassesLosses) {
  Logits x;
  const Tensor shares = Tensor::FromValues<double>(
      {4, 3}, {0, 0.25, 0.75, 1, 0, 0, 0.5, 0, 0.5, 0.125, 0.875, 0});
  const auto result = [&](Recording& recording) {
    return SoftCrossEntropy(recording.Use(x.value), recording.Constant(shares),
                            recording.Constant(kClasses));
  };
  Recording recording;
  const CrossEntropyResult plain =
      CrossEntropy(recording.Use(x.value), recording.Constant(kClasses));
  EXPECT_EQ(result(recording).correct.value().item(), plain.correct.value().item());
  EXPECT_NEAR(result(recording).loss.value().item(),
              0.25 * x.Loss(0, 1) + 0.75 * x.Loss(0, 2) + x.Loss(1, 0) + 0.5 * x.Loss(2, 0) +
                  0.5 * x.Loss(2, 2) + 0.125 * x.Loss(3, 0) + 0.875 * x.Loss(3, 1),
              1e-12);
  const GradcheckResult gradients =
      GradcheckModule(x, [&](Recording& checked) { return result(checked).loss; });
  EXPECT_TRUE(gradients.ok) << gradients.message;
  EXPECT_DEATH(SoftCrossEntropy(recording.Use(x.value), recording.Constant(kClasses),
                                recording.Constant(kClasses)),
               "logits \\[4, 3\\], shares \\[4\\]");
}

TEST(WeightedCrossEntropyTest, IsTheWeightOfTheClassTimesItsLoss) {
  Logits x;
  const auto result = [&](Recording& recording) {
    return WeightedCrossEntropy(recording.Use(x.value), recording.Constant(kClasses), kWeights);
  };
  Recording recording;
  EXPECT_NEAR(result(recording).loss.value().item(),
              0.75 * x.Loss(0, 2) + 0.5 * x.Loss(1, 0) + 0.75 * x.Loss(2, 2) + 2 * x.Loss(3, 1),
              1e-12);
  const GradcheckResult gradients =
      GradcheckModule(x, [&](Recording& checked) { return result(checked).loss; });
  EXPECT_TRUE(gradients.ok) << gradients.message;
  EXPECT_DEATH(WeightedCrossEntropy(recording.Use(x.value), recording.Constant(kClasses), {}),
               "logits \\[4, 3\\], 0 weights");
}

}  // namespace
}  // namespace hairpin::nn
