#include "data/split.h"

#include <algorithm>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(SplitTest, EveryRecordHasOnePartInAboutItsShare) {
  const Split split = SplitByIndex(20000, {.valid = 0.1, .test = 0.2, .seed = 3});
  // Three standard deviations: sqrt(20000 * 0.2 * 0.8) = 57, sqrt(20000 * 0.1 * 0.9) = 42.
  EXPECT_NEAR(split.test.size(), 4000, 170);
  EXPECT_NEAR(split.valid.size(), 2000, 127);
  std::set<int64_t> all(split.train.begin(), split.train.end());
  all.insert(split.valid.begin(), split.valid.end());
  all.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(all.size(), 20000u);
  EXPECT_EQ(split.train.size() + split.valid.size() + split.test.size(), 20000u);
  EXPECT_EQ(&split.of(Part::kValid), &split.valid);
  EXPECT_EQ(&split.of(Part::kTest), &split.test);
}

TEST(SplitTest, StaysWhenRecordsAreAdded) {
  const SplitOptions options = {.valid = 0.2, .test = 0.2, .seed = 8};
  const Split few = SplitByIndex(500, options), many = SplitByIndex(5000, options);
  for (const Part part : {Part::kTrain, Part::kValid, Part::kTest}) {
    ASSERT_FALSE(few.of(part).empty());
    EXPECT_TRUE(std::equal(few.of(part).begin(), few.of(part).end(), many.of(part).begin()));
  }
  EXPECT_NE(few.test, SplitByIndex(500, {.valid = 0.2, .test = 0.2, .seed = 9}).test);
}

TEST(SplitTest, EqualRecordsShareAPart) {
  std::vector<float> features;
  for (int i = 0; i < 3000; ++i) features.push_back(static_cast<float>(i % 1000));
  const Split split =
      SplitByContent(Dataset::FromFloats(Shape({1}), features), {.valid = 0, .test = 0.3});
  EXPECT_TRUE(split.valid.empty());
  EXPECT_NEAR(split.test.size(), 900, 3 * 3 * 14.5);
  for (const int64_t record : split.test) {
    EXPECT_TRUE(std::binary_search(split.test.begin(), split.test.end(), (record + 1000) % 3000));
  }
}

TEST(SplitTest, AllOrNothing) {
  EXPECT_EQ(SplitByIndex(100, {.valid = 0, .test = 0}).train, RecordRange(0, 100));
  EXPECT_EQ(SplitByIndex(100, {.valid = 1, .test = 0}).valid, RecordRange(0, 100));
  EXPECT_EQ(SplitByIndex(100, {.valid = 0, .test = 1}).test, RecordRange(0, 100));
  EXPECT_DEATH(SplitByIndex(1, {.valid = 0.6, .test = 0.5}), "shares of 0.6 and 0.5");
}

// The published test vectors of FNV-1a.
TEST(SplitTest, ContentKeyIsFnv1a) {
  EXPECT_EQ(ContentKey(""), 0xcbf29ce484222325u);
  EXPECT_EQ(ContentKey("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(ContentKey("foobar"), 0x85944171f73967e8u);
}

}  // namespace
}  // namespace hairpin
