#include "ops/loss.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(Loss, ReductionIsWrittenAndReadBack) {
  for (const Reduction reduction : {Reduction::kSum, Reduction::kMean}) {
    Attributes attributes;
    // Absent: what the caller says.
    EXPECT_EQ(GetReduction(attributes, "mse", reduction), reduction);
    SetReduction(&attributes, reduction);
    for (const Reduction otherwise : {Reduction::kSum, Reduction::kMean}) {
      EXPECT_EQ(GetReduction(attributes, "mse", otherwise), reduction);
    }
  }
}

TEST(LossDeathTest, UnknownReduction) {
  Attributes attributes;
  SetString(&attributes, "reduction", "median");
  EXPECT_DEATH(GetReduction(attributes, "mse", Reduction::kSum),
               "mse: reduction 'median', expected sum or mean");
}

}  // namespace
}  // namespace hairpin
