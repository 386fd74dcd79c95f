#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

constexpr ScheduleKind kKinds[] = {ScheduleKind::kLinear, ScheduleKind::kCosine,
                                   ScheduleKind::kConstant};

double Factor(ScheduleKind kind, int64_t warmup, int64_t steps, int64_t step) {
  return Schedule{.kind = kind, .warmup_steps = warmup, .total_steps = steps}.Factor(step);
}

// w warmup steps, S steps, s = 0..S-1, f = min(1, (s + 1) / w), 1 if w = 0:
//   linear:   min(f, (S - s) / max(1, S - w))
//   cosine:   f while s < w, then 0.5 (1 + cos(pi (s - w) / max(1, S - w)))
//   constant: f
double Formula(ScheduleKind kind, double w, double S, double s) {
  const double f = w == 0 ? 1 : std::min(1.0, (s + 1) / w);
  if (kind == ScheduleKind::kLinear) return std::min(f, (S - s) / std::max(1.0, S - w));
  if (kind == ScheduleKind::kConstant || s < w) return f;
  return 0.5 * (1 + std::cos(std::numbers::pi * (s - w) / std::max(1.0, S - w)));
}

struct Setting {
  int64_t warmup, steps;
};

TEST(ScheduleTest, EveryStepIsThatOfTheFormula) {
  for (const auto& [w, S] : {Setting{0, 1}, {1, 1}, {0, 2}, {1, 2}, {2, 2}, {0, 10}, {1, 10},
                             {3, 10}, {9, 10}, {10, 10}, {12, 10}, {5, 100}, {200, 4000}}) {
    for (const ScheduleKind kind : kKinds) {
      for (int64_t s = 0; s < S; ++s) {
        const double factor = Factor(kind, w, S, s);
        ASSERT_NEAR(factor,
                    Formula(kind, static_cast<double>(w), static_cast<double>(S),
                            static_cast<double>(s)),
                    1e-15)
            << Name(kind) << " w " << w << " S " << S << " s " << s;
        EXPECT_TRUE(0 < factor && factor <= 1) << Name(kind) << " " << factor;
      }
    }
  }
}

// By hand, with 4 of 20 steps to warm up.
TEST(ScheduleTest, WarmsUpFromTheFirstStepAndFallsAfterwards) {
  for (const ScheduleKind kind : kKinds) {
    EXPECT_DOUBLE_EQ(Factor(kind, 4, 20, 0), 0.25) << Name(kind);
    EXPECT_DOUBLE_EQ(Factor(kind, 4, 20, 3), 1) << Name(kind);
    EXPECT_DOUBLE_EQ(Factor(kind, 4, 20, 4), 1) << Name(kind);
  }
  EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kLinear, 4, 20, 12), 0.5);
  EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kLinear, 4, 20, 19), 1.0 / 16);
  EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kCosine, 4, 20, 12), 0.5);
  EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kConstant, 4, 20, 19), 1);
}

TEST(ScheduleTest, StaysAtItsEndAfterTheLastStep) {
  for (const int64_t past : {20, 21, 1000}) {
    EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kLinear, 4, 20, past), 0);
    EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kCosine, 4, 20, past), 0);
    EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kConstant, 4, 20, past), 1);
  }
  EXPECT_DOUBLE_EQ(Factor(ScheduleKind::kConstant, 0, 0, 7), 1);
}

TEST(ScheduleTest, WordsGoBothWays) {
  for (const ScheduleKind kind : kKinds) EXPECT_EQ(ParseScheduleKind(Name(kind)), kind);
  EXPECT_EQ(ParseScheduleKind("linear"), ScheduleKind::kLinear);
  EXPECT_EQ(ParseScheduleKind("cosine"), ScheduleKind::kCosine);
  EXPECT_EQ(ParseScheduleKind("constant"), ScheduleKind::kConstant);
  EXPECT_EQ(ParseScheduleKind("Linear"), std::nullopt);
  EXPECT_EQ(ParseScheduleKind(""), std::nullopt);
}

}  // namespace
}  // namespace hairpin
