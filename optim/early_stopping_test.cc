#include "optim/early_stopping.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Which observation, from 0, says stop; -1: none.
int StopsAt(const EarlyStoppingOptions& options, const std::vector<double>& values) {
  EarlyStopping stopping(options);
  for (size_t i = 0; i < values.size(); ++i) {
    if (stopping.Observe(values[i])) return static_cast<int>(i);
  }
  return -1;
}

TEST(EarlyStoppingTest, StopsAfterPatienceObservationsThatAreNotBetter) {
  EXPECT_EQ(StopsAt({.patience = 2}, {3, 2, 2, 2, 1}), 3);
  EXPECT_EQ(StopsAt({.patience = 2}, {3, 2, 2.5, 1, 2, 0.5, 0.25}), -1);
  EXPECT_EQ(StopsAt({.patience = 1}, {3, 2, 2}), 2);
  EXPECT_EQ(StopsAt({.patience = 2, .larger_is_better = true}, {1, 2, 3, 3, 2}), 4);
}

TEST(EarlyStoppingTest, GainsOfNoMoreThanTheDeltaDoNotCount) {
  // Each is better than the one before, and only the fourth by more than 0.5 than the best.
  EXPECT_EQ(StopsAt({.patience = 3, .min_delta = 0.5}, {4, 3.75, 3.5, 3.25, 3, 2.9, 2.8}), 6);
  EXPECT_EQ(StopsAt({.patience = 2, .min_delta = 0.5, .larger_is_better = true}, {1, 1.5, 2}), -1);
}

TEST(EarlyStoppingTest, NanIsNeverBetter) {
  EXPECT_EQ(StopsAt({.patience = 2}, {kNaN, kNaN}), 1);
  EXPECT_EQ(StopsAt({.patience = 2}, {kNaN, 5, kNaN, 4, kNaN, kNaN}), 5);
}

TEST(EarlyStoppingTest, KnowsTheBest) {
  EarlyStopping stopping({.patience = 5});
  EXPECT_TRUE(std::isnan(stopping.best()));
  EXPECT_FALSE(stopping.improved());
  stopping.Observe(2);
  EXPECT_TRUE(stopping.improved());
  stopping.Observe(3);
  EXPECT_FALSE(stopping.improved());
  EXPECT_EQ(stopping.best(), 2);
}

TEST(EarlyStoppingTest, GoesOnFromItsState) {
  EarlyStopping first({.patience = 3});
  for (const double value : {2.0, 3.0, 3.0}) EXPECT_FALSE(first.Observe(value));
  EarlyStopping resumed({.patience = 3});
  resumed.Restore(first.state());
  EXPECT_EQ(resumed.best(), 2);
  EXPECT_TRUE(resumed.Observe(2.5));
}

TEST(EarlyStoppingDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(EarlyStopping({.patience = 0}), "found patience 0 and min_delta 0, expected");
  EXPECT_DEATH(EarlyStopping({.min_delta = -1}), "min_delta -1");
}

}  // namespace
}  // namespace hairpin
