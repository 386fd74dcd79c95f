#include "ops/mse.h"

#include <cmath>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(Mse, MeanOfNothingIsNanAndItsSumZero) {
  const Tensor nothing = Tensor::Zeros({DType::kFloat64, {0, 3}});
  Recording recording;
  const Variable x = recording.Input(nothing), target = recording.Constant(nothing);
  EXPECT_TRUE(std::isnan(Mse(x, target).value().item()));
  const Variable sum = Mse(x, target, Reduction::kSum);
  EXPECT_EQ(sum.value().item(), 0);
  recording.Backward(sum);
}

TEST(MseDeathTest, ShapesMustBeTheSame) {
  Recording recording;
  const Variable x = recording.Input(SampleUniform({2, 3}));
  const Variable target = recording.Constant(SampleUniform({3}));
  EXPECT_DEATH(Mse(x, target), "mse: shapes \\[2, 3\\] and \\[3\\], expected one shape");
}

}  // namespace
}  // namespace hairpin
