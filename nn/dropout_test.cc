#include "nn/dropout.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/index_select.h"

namespace hairpin::nn {
namespace {

const RecordingOptions kTraining = {.seed = 5, .step = 3, .train = true};

TEST(DropoutTest, HasNoParameters) {
  Dropout dropout({}, 0.5);
  EXPECT_EQ(dropout.CountParameters(), 0);
}

TEST(DropoutTest, IsNothingOutsideTrainingAndAtRateZero) {
  Dropout half({}, 0.5), none({}, 0);
  const Tensor x = Random({20}, DType::kFloat32, 1);
  Recording evaluating({.seed = 5, .train = false}), training(kTraining);
  EXPECT_TRUE(half.Forward(evaluating.Constant(x)).value().SharesStorageWith(x));
  EXPECT_TRUE(none.Forward(training.Constant(x)).value().SharesStorageWith(x));
}

TEST(DropoutTest, DropsItsShareAndScalesTheRest) {
  constexpr int kCount = 10'000;
  Dropout dropout({}, 0.25);
  const Tensor x = Random({kCount}, DType::kFloat64, 1);
  Recording recording(kTraining);
  const Variable y = dropout.Forward(recording.Constant(x));
  int dropped = 0;
  for (int i = 0; i < kCount; ++i) {
    const double value = y.value().data<double>()[i];
    if (value == 0) {
      ++dropped;
    } else {
      ASSERT_DOUBLE_EQ(value, x.data<double>()[i] / 0.75);
    }
  }
  EXPECT_NEAR(dropped, 0.25 * kCount, 4 * std::sqrt(0.25 * 0.75 * kCount));
}

TEST(DropoutTest, RowsAreDrawnAsTheirPlaceInTheWhole) {
  Dropout dropout({}, 0.5);
  const Tensor x = Random({9, 7}, DType::kFloat32, 1);
  const Tensor rows = Tensor::FromValues<int32_t>({3}, {1, 4, 8});
  Recording whole(kTraining), part(kTraining);
  const Variable all =
      IndexSelect(dropout.Forward(whole.Constant(x)), whole.Constant(rows));
  const Variable ids = part.Constant(rows);
  const Variable some = dropout.Forward(IndexSelect(part.Constant(x), ids), ids);
  EXPECT_TRUE(SameBits(all.value(), some.value()));
}

}  // namespace
}  // namespace hairpin::nn
