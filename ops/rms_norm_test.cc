#include "ops/rms_norm.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(RmsNormDeathTest, SaysWhatDoesNotFit) {
  Recording recording;
  const Variable x = recording.Input(SampleUniform({2, 3}));
  const Variable weight = recording.Input(SampleUniform({2}));
  EXPECT_DEATH(RmsNorm(x, weight), "x \\[2, 3\\], weight \\[2\\]; weight must have the size");
  EXPECT_DEATH(RmsNorm(x, recording.Input(SampleUniform({3})), 0),
               "eps 0, expected more than 0");
}

}  // namespace
}  // namespace hairpin
