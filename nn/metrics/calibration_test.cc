#include "nn/metrics/calibration.h"

#include <cmath>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

TEST(CalibrationTest, Bins) {
  Calibration calibration(4);
  calibration.Add(0.25, true);  // a lower border belongs to its bin
  calibration.Add(0.4, false);
  calibration.Add(1.0, true);  // and 1 to the last
  EXPECT_EQ(calibration.bins()[0].count, 0);
  EXPECT_EQ(calibration.bins()[1].count, 2);
  EXPECT_EQ(calibration.bins()[1].correct, 1);
  EXPECT_DOUBLE_EQ(calibration.bins()[1].MeanConfidence(), 0.325);
  EXPECT_EQ(calibration.bins()[3].count, 1);
}

TEST(CalibrationTest, Errors) {
  Calibration calibration(2);
  for (const bool correct : {true, true, true, false}) calibration.Add(0.75, correct);
  EXPECT_DOUBLE_EQ(calibration.ExpectedError(), 0);
  EXPECT_DOUBLE_EQ(calibration.BrierScore(), (3 * 0.0625 + 0.5625) / 4);
  for (const bool correct : {true, false}) calibration.Add(0.25, correct);
  EXPECT_DOUBLE_EQ(calibration.MaximumError(), 0.25);
  EXPECT_DOUBLE_EQ(calibration.ExpectedError(), 2 * 0.25 / 6);
}

TEST(CalibrationTest, NothingAdded) {
  EXPECT_TRUE(std::isnan(Calibration().ExpectedError()));
  EXPECT_TRUE(std::isnan(Calibration().MaximumError()));
  EXPECT_TRUE(std::isnan(Calibration().BrierScore()));
}

TEST(CalibrationTest, PerplexityOfUniformGuessesIsTheNumberOfClasses) {
  EXPECT_NEAR(Perplexity(std::log(50.0)), 50, 1e-12);
}

TEST(CalibrationDeathTest, SaysWhatIsNoProbability) {
  Calibration calibration;
  EXPECT_DEATH(calibration.Add(1.5, true), "confidence 1.5 is no probability");
}

}  // namespace
}  // namespace hairpin
