#include "tensor/check.h"

#include <csignal>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

int calls = 0;
int Called() { return ++calls; }

TEST(CheckTest, WhatHoldsCostsNoMessage) {
  calls = 0;
  HAIRPIN_CHECK(2 + 2 == 4) << "never written: " << Called();
  EXPECT_EQ(calls, 0);
}

TEST(CheckTest, TheConditionIsLookedAtOnce) {
  calls = 0;
  HAIRPIN_CHECK(Called() == 1);
  EXPECT_EQ(calls, 1);
}

// An else belongs to the if that the reader sees, and a comma stays in its parentheses.
TEST(CheckTest, IsOneExpression) {
  bool other = false;
  if (calls < 0)
    HAIRPIN_CHECK(false) << "not reached";
  else
    other = true;
  EXPECT_TRUE(other);
  calls < 0 ? HAIRPIN_CHECK(false) : HAIRPIN_CHECK(true);
}

TEST(CheckDeathTest, SaysWhereWhatAndWhy) {
  const int found = 3;
  EXPECT_EXIT(HAIRPIN_CHECK(found == 4) << "Add: found " << found << ", expected " << 4,
              testing::KilledBySignal(SIGABRT),
              "tensor/check_test.cc:[0-9]+: check failed: found == 4: Add: found 3, expected 4\n");
  EXPECT_DEATH(HAIRPIN_CHECK(found == 4), "check failed: found == 4: \n");
}

// What it guards may be too slow to look at.
TEST(CheckDeathTest, DcheckLooksInDebugBuildsOnly) {
  calls = 0;
#ifdef HAIRPIN_DEBUG
  EXPECT_DEATH(HAIRPIN_DCHECK(Called() == 0) << "slow", "check failed: Called\\(\\) == 0: slow");
#else
  HAIRPIN_DCHECK(Called() == 0) << "slow " << Called();
  EXPECT_EQ(calls, 0);
#endif
}

}  // namespace
}  // namespace hairpin
