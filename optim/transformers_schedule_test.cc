#include "optim/transformers_schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

using Kind = TransformersScheduleKind;

// As transformers' documentation says it; s may go past S.
double Formula(const TransformersSchedule& schedule, double s) {
  const double w = static_cast<double>(schedule.warmup_steps);
  const double S = static_cast<double>(schedule.total_steps);
  if (s < w) return s / w;
  const double progress = (s - w) / std::max(1.0, S - w);
  double timescale = static_cast<double>(schedule.timescale);
  if (timescale == 0) timescale = w > 0 ? w : 10000;
  switch (schedule.kind) {
    case Kind::kLinear: return std::max(0.0, (S - s) / std::max(1.0, S - w));
    case Kind::kCosine:
      return std::max(0.0, 0.5 + 0.5 * std::cos(2 * std::numbers::pi * schedule.cycles * progress));
    case Kind::kInverseSqrt: return std::sqrt(timescale / (timescale + (s - w)));
    case Kind::kConstant: return 1;
  }
  return -1;
}

void ExpectFormula(const TransformersSchedule& schedule) {
  for (int64_t s = 0; s < schedule.total_steps + 20; ++s) {
    ASSERT_NEAR(schedule.Factor(s), Formula(schedule, static_cast<double>(s)), 1e-14)
        << "kind " << static_cast<int>(schedule.kind) << " w " << schedule.warmup_steps << " S "
        << schedule.total_steps << " cycles " << schedule.cycles << " timescale "
        << schedule.timescale << " s " << s;
  }
}

TEST(TransformersScheduleTest, EveryStepIsThatOfTheFormula) {
  struct Setting {
    int64_t warmup, steps;
  };
  for (const auto& [w, S] : {Setting{0, 1}, {1, 1}, {0, 2}, {0, 10}, {1, 10}, {3, 10}, {9, 10},
                             {10, 10}, {5, 100}, {200, 4000}}) {
    ExpectFormula({.kind = Kind::kLinear, .warmup_steps = w, .total_steps = S});
    ExpectFormula({.kind = Kind::kConstant, .warmup_steps = w, .total_steps = S});
    for (const double cycles : {0.5, 1.0, 1.5}) {
      ExpectFormula(
          {.kind = Kind::kCosine, .warmup_steps = w, .total_steps = S, .cycles = cycles});
    }
    for (const int64_t timescale : {0, 1, 30}) {
      ExpectFormula({.kind = Kind::kInverseSqrt,
                     .warmup_steps = w,
                     .total_steps = S,
                     .timescale = timescale});
    }
  }
}

// By hand, with 4 of 20 steps to warm up.
TEST(TransformersScheduleTest, StartsAtZero) {
  for (const Kind kind : {Kind::kLinear, Kind::kCosine, Kind::kInverseSqrt, Kind::kConstant}) {
    const TransformersSchedule schedule = {.kind = kind, .warmup_steps = 4, .total_steps = 20};
    EXPECT_EQ(schedule.Factor(0), 0);
    EXPECT_DOUBLE_EQ(schedule.Factor(3), 0.75);
    EXPECT_DOUBLE_EQ(schedule.Factor(4), 1);
  }
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kLinear, 4, 20}.Factor(12)), 0.5);
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kLinear, 4, 20}.Factor(25)), 0);
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kCosine, 4, 20}.Factor(12)), 0.5);
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kCosine, 4, 20}.Factor(36)), 1);
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kInverseSqrt, 4, 20}.Factor(16)), 0.5);
  EXPECT_DOUBLE_EQ((TransformersSchedule{Kind::kConstant, 4, 20}.Factor(400)), 1);
}

}  // namespace
}  // namespace hairpin
