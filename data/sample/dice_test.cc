#include "data/sample/dice.h"

#include <cstdint>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace hairpin::sample {
namespace {

std::vector<int> Rolls(uint32_t line, int n, int sides) {
  Dice dice(line);
  std::vector<int> rolls;
  for (int i = 0; i < n; ++i) rolls.push_back(dice.Below(sides));
  return rolls;
}

TEST(DiceTest, TheLineIsAllThatItDependsOn) {
  EXPECT_EQ(Rolls(17, 50, 6), Rolls(17, 50, 6));
  EXPECT_NE(Rolls(17, 50, 6), Rolls(18, 50, 6));
}

// Of 6000 rolls each side has 1000 or so: the deviation is 29.
TEST(DiceTest, RollsEverySideAlike) {
  std::vector<int> counts(6);
  for (const int roll : Rolls(3, 6000, 6)) ++counts.at(roll);
  for (const int count : counts) EXPECT_NEAR(count, 1000, 5 * 29);
  EXPECT_EQ(Rolls(3, 10, 1), std::vector<int>(10, 0));
}

TEST(DiceTest, PercentIsAChance) {
  Dice dice(5);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) {
    EXPECT_FALSE(dice.Percent(0));
    EXPECT_TRUE(dice.Percent(100));
    hits += dice.Percent(30);
  }
  EXPECT_NEAR(hits, 3000, 5 * 46);  // the deviation is 46
}

TEST(DiceTest, PicksEachOfTheThings) {
  const std::vector<const char*> things = {"tea", "milk", "water"};
  Dice dice(9);
  std::set<const char*> picked;
  for (int i = 0; i < 100; ++i) {
    picked.insert(dice.Pick<const char*>(absl::MakeConstSpan(things)));
  }
  EXPECT_EQ(picked.size(), things.size());
}

}  // namespace
}  // namespace hairpin::sample
