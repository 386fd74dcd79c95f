#include "optim/schedule.h"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

double Rate(ScheduleKind kind, int64_t warmup, int64_t steps, int64_t step) {
  return 2 * Schedule{.kind = kind, .warmup_steps = warmup, .total_steps = steps}.Factor(step);
}

TEST(ScheduleTest, WarmsUpFromTheFirstStep) {
  for (ScheduleKind kind :
       {ScheduleKind::kLinear, ScheduleKind::kCosine, ScheduleKind::kConstant}) {
    EXPECT_DOUBLE_EQ(Rate(kind, 4, 20, 0), 0.5) << Name(kind);
    EXPECT_DOUBLE_EQ(Rate(kind, 4, 20, 3), 2) << Name(kind);
  }
}

TEST(ScheduleTest, FallsAfterwards) {
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kLinear, 4, 20, 4), 2);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kLinear, 4, 20, 12), 1);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kLinear, 4, 20, 19), 2.0 / 16);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kCosine, 4, 20, 4), 2);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kCosine, 4, 20, 12), 1);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kConstant, 4, 20, 19), 2);
}

TEST(ScheduleTest, CornersDivideByNothing) {
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kLinear, 0, 1, 0), 2);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kLinear, 5, 5, 4), 2);  // one step left, divided by 1
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kCosine, 0, 2, 1), 1);
  EXPECT_DOUBLE_EQ(Rate(ScheduleKind::kConstant, 0, 0, 7), 2);
}

TEST(ScheduleTest, WordsGoBothWays) {
  for (ScheduleKind kind :
       {ScheduleKind::kLinear, ScheduleKind::kCosine, ScheduleKind::kConstant}) {
    EXPECT_EQ(ParseScheduleKind(Name(kind)), kind);
  }
  EXPECT_EQ(ParseScheduleKind("Linear"), std::nullopt);
}

}  // namespace
}  // namespace hairpin
