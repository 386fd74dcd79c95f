#include "nn/layer_norm.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64};

// y = (x - mean) / sqrt(variance + eps) weight + bias over each row; eps large enough to be seen.
void ExpectFormula(LayerNorm& norm, double eps) {
  const Tensor x = Random({2, 3, 5}, DType::kFloat64, 2);
  const std::vector<double> weight = Find(norm, "weight").value().ToDoubles();
  const std::vector<double> bias = Find(norm, "bias").value().ToDoubles();
  Recording recording;
  const Variable y = norm.Forward(recording.Constant(x));
  ASSERT_EQ(y.shape(), x.shape());
  for (int r = 0; r < 6; ++r) {
    const double* row = x.data<double>() + 5 * r;
    double mean = 0, variance = 0;
    for (int c = 0; c < 5; ++c) mean += row[c] / 5;
    for (int c = 0; c < 5; ++c) variance += (row[c] - mean) * (row[c] - mean) / 5;
    for (int c = 0; c < 5; ++c) {
      EXPECT_NEAR(y.value().data<double>()[5 * r + c],
                  (row[c] - mean) / std::sqrt(variance + eps) * weight[c] + bias[c], 1e-14);
    }
  }
}

TEST(LayerNormTest, StartsAsNothingButTheNorm) {
  LayerNorm norm(kDouble, {5});
  EXPECT_EQ(Names(norm), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(Find(norm, "weight").value().ToDoubles(), std::vector<double>(5, 1.0));
  EXPECT_EQ(Find(norm, "bias").value().ToDoubles(), std::vector<double>(5, 0.0));
  ExpectFormula(norm, 1e-5);
}

TEST(LayerNormTest, IsTheFormulaWithItsEps) {
  LayerNorm norm(kDouble, {.channels = 5, .eps = 0.25});
  Randomize(norm, 1);
  ExpectFormula(norm, 0.25);
}

TEST(LayerNormTest, Gradients) {
  LayerNorm norm(kDouble, {5});
  Randomize(norm, 1);
  const Tensor x = Random({2, 3, 5}, DType::kFloat64, 2);
  const GradcheckResult result = GradcheckOutput(
      norm, [&](Recording& recording) { return norm.Forward(recording.Constant(x)); });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
