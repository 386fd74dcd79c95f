#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

// Those that differ in nothing but the shape of the fall.
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

TEST(ScheduleTest, FallsToTheEndFactor) {
  for (const ScheduleKind kind : {ScheduleKind::kLinear, ScheduleKind::kCosine,
                                  ScheduleKind::kCosineWithRestarts,
                                  ScheduleKind::kWarmupStableDecay}) {
    const Schedule schedule = {.kind = kind,
                               .warmup_steps = 4,
                               .total_steps = 20,
                               .end_factor = 0.25,
                               .decay_steps = 16};
    EXPECT_DOUBLE_EQ(schedule.Factor(1), 0.5) << Name(kind);
    EXPECT_DOUBLE_EQ(schedule.Factor(4), 1) << Name(kind);
    EXPECT_DOUBLE_EQ(schedule.Factor(12), 0.625) << Name(kind);
    EXPECT_DOUBLE_EQ(schedule.Factor(20), 0.25) << Name(kind);
    EXPECT_DOUBLE_EQ(schedule.Factor(1000), 0.25) << Name(kind);
  }
}

// A warmup of 2 steps and cycles of 4, 8 and 16.
TEST(ScheduleTest, CosineStartsAnewInLongerCycles) {
  const Schedule schedule = {.kind = ScheduleKind::kCosineWithRestarts,
                             .warmup_steps = 2,
                             .total_steps = 30,
                             .cycles = 3,
                             .cycle_growth = 2};
  EXPECT_DOUBLE_EQ(schedule.Factor(0), 0.5);
  for (const int64_t start : {2, 6, 14}) EXPECT_DOUBLE_EQ(schedule.Factor(start), 1) << start;
  for (const int64_t middle : {4, 10, 22}) EXPECT_DOUBLE_EQ(schedule.Factor(middle), 0.5) << middle;
  EXPECT_LT(schedule.Factor(5), 0.15);
  EXPECT_LT(schedule.Factor(29), 0.01);
  EXPECT_EQ(schedule.Factor(30), 0);
  EXPECT_EQ(schedule.Factor(1000), 0);
}

// Cycles of a third of 10 steps, which no step begins.
TEST(ScheduleTest, CyclesNeedNotBeWholeSteps) {
  const Schedule schedule = {
      .kind = ScheduleKind::kCosineWithRestarts, .total_steps = 10, .cycles = 3};
  for (int64_t s = 0; s < 10; ++s) {
    const double part = std::fmod(static_cast<double>(s) * 3 / 10, 1);
    EXPECT_NEAR(schedule.Factor(s), 0.5 * (1 + std::cos(std::numbers::pi * part)), 1e-14) << s;
  }
}

TEST(ScheduleTest, OneCycleRisesToOneAndFallsFarBelowItsStart) {
  const Schedule schedule = {
      .kind = ScheduleKind::kOneCycle, .warmup_steps = 5, .total_steps = 21, .div_factor = 10};
  EXPECT_DOUBLE_EQ(schedule.Factor(0), 0.1);
  EXPECT_DOUBLE_EQ(schedule.Factor(2), 0.55);
  EXPECT_DOUBLE_EQ(schedule.Factor(4), 1);
  EXPECT_NEAR(schedule.Factor(12), 0.5, 1e-5);
  EXPECT_DOUBLE_EQ(schedule.Factor(20), 1e-5);
  EXPECT_DOUBLE_EQ(schedule.Factor(1000), 1e-5);
  for (const int64_t warmup : {0, 1}) {
    const Schedule short_one = {
        .kind = ScheduleKind::kOneCycle, .warmup_steps = warmup, .total_steps = 10};
    EXPECT_GT(short_one.Factor(0), 0.9);
  }
}

TEST(ScheduleTest, StaysUpUntilTheDecayBegins) {
  Schedule schedule = {.kind = ScheduleKind::kWarmupStableDecay,
                       .warmup_steps = 4,
                       .total_steps = 40,
                       .decay_steps = 16,
                       .decay_shape = DecayShape::kLinear};
  EXPECT_DOUBLE_EQ(schedule.Factor(1), 0.5);
  for (const int64_t s : {3, 4, 20, 24}) EXPECT_DOUBLE_EQ(schedule.Factor(s), 1) << s;
  EXPECT_DOUBLE_EQ(schedule.Factor(28), 0.75);
  EXPECT_DOUBLE_EQ(schedule.Factor(40), 0);
  schedule.decay_shape = DecayShape::kOneMinusRoot;
  EXPECT_DOUBLE_EQ(schedule.Factor(28), 0.5);
  schedule.decay_shape = DecayShape::kCosine;
  EXPECT_DOUBLE_EQ(schedule.Factor(32), 0.5);
  schedule.decay_steps = 0;  // the last 4
  EXPECT_DOUBLE_EQ(schedule.Factor(36), 1);
  EXPECT_DOUBLE_EQ(schedule.Factor(38), 0.5);
}

TEST(ScheduleTest, WordsGoBothWays) {
  for (const char* word : {"linear", "cosine", "constant", "cosine_with_restarts", "one_cycle",
                           "warmup_stable_decay"}) {
    ASSERT_TRUE(ParseScheduleKind(word).has_value()) << word;
    EXPECT_STREQ(Name(*ParseScheduleKind(word)), word);
  }
  EXPECT_EQ(ParseScheduleKind("linear"), ScheduleKind::kLinear);
  EXPECT_EQ(ParseScheduleKind("warmup_stable_decay"), ScheduleKind::kWarmupStableDecay);
  EXPECT_EQ(ParseScheduleKind("Linear"), std::nullopt);
  EXPECT_EQ(ParseScheduleKind(""), std::nullopt);
  for (const char* word : {"linear", "cosine", "1-sqrt"}) {
    ASSERT_TRUE(ParseDecayShape(word).has_value()) << word;
    EXPECT_STREQ(Name(*ParseDecayShape(word)), word);
  }
  EXPECT_EQ(ParseDecayShape("root"), std::nullopt);
}

}  // namespace
}  // namespace hairpin
