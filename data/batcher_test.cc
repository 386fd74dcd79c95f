#include "data/batcher.h"

#include <algorithm>

#include "data/permutation.h"
#include "data/split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing::ElementsAreArray;

// n records of two features, a class and a target, each telling the record's number.
Dataset Numbers(int n) {
  std::vector<float> features, targets;
  std::vector<int32_t> classes;
  for (int i = 0; i < n; ++i) {
    features.insert(features.end(), {static_cast<float>(i), static_cast<float>(-i)});
    classes.push_back(i % 3);
    targets.push_back(static_cast<float>(10 * i));
  }
  Dataset dataset = Dataset::FromFloats(Shape({2}), features);
  dataset.SetClasses(classes, {"a", "b", "c"});
  dataset.SetTargets(targets, 1);
  return dataset;
}

void ExpectConsistent(const Batch& batch) {
  ASSERT_EQ(batch.shape(), Shape({batch.size(), 2}));
  ASSERT_EQ(batch.features().size(), 2u * batch.size());
  ASSERT_EQ(batch.classes().size(), 1u * batch.size());
  ASSERT_EQ(batch.targets().size(), 1u * batch.size());
  for (int b = 0; b < batch.size(); ++b) {
    const int64_t record = batch.records()[b];
    EXPECT_EQ(batch.Features(b)[0], record);
    EXPECT_EQ(batch.Features(b)[1], -record);
    EXPECT_EQ(batch.classes()[b], record % 3);
    EXPECT_EQ(batch.targets()[b], 10 * record);
  }
}

TEST(BatcherTest, EachRecordOnceAnEpochInThePermutationsOrder) {
  const Dataset dataset = Numbers(100);
  const std::vector<int64_t> records = {3, 5, 8, 13, 21, 34, 55, 89, 90, 91};
  const Batcher batcher(dataset, records, {.seed = 9});
  Batch batch(dataset, 4);
  std::vector<int64_t> seen;
  // Five batches are two epochs; the third crosses their border.
  for (int64_t first = 0; first < 20; first += 4) {
    batcher.Load(first, &batch);
    ASSERT_EQ(batch.size(), 4);
    ExpectConsistent(batch);
    seen.insert(seen.end(), batch.records().begin(), batch.records().end());
  }
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(seen[epoch * 10 + i], records[Permutation(9, epoch, 10)(i)]);
    }
    std::vector<int64_t> sorted(seen.begin() + epoch * 10, seen.begin() + epoch * 10 + 10);
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted, records);
  }
}

TEST(BatcherTest, AnyBatchAtAnyTime) {
  const Dataset dataset = Numbers(50);
  const Batcher batcher(dataset, RecordRange(0, 50), {.seed = 4});
  Batch one(dataset, 8), two(dataset, 8), half(dataset, 4);
  batcher.Load(1000, &one);
  batcher.Load(7, &two);
  batcher.Load(1000, &two);
  EXPECT_THAT(two.records(), ElementsAreArray(one.records()));
  EXPECT_THAT(two.features(), ElementsAreArray(one.features()));
  batcher.Load(1004, &half);
  EXPECT_THAT(half.features(), ElementsAreArray(one.features().subspan(8)));
  Batcher(dataset, RecordRange(0, 50), {.seed = 5}).Load(1000, &two);
  EXPECT_THAT(two.records(), testing::Not(ElementsAreArray(one.records())));
}

TEST(BatcherTest, InOrderTheLastBatchIsShorter) {
  const Dataset dataset = Numbers(23);
  const std::vector<int64_t> records = RecordRange(4, 21);
  const Batcher batcher(dataset, records);
  Batch batch(dataset, 5);
  std::vector<int64_t> seen;
  for (int64_t first = 0; first < batcher.size(); first += batch.size()) {
    batcher.LoadInOrder(first, &batch);
    ExpectConsistent(batch);
    seen.insert(seen.end(), batch.records().begin(), batch.records().end());
  }
  EXPECT_EQ(batch.size(), 2);
  EXPECT_EQ(seen, records);
}

TEST(BatcherTest, WithoutClassesAndTargets) {
  const Dataset dataset = Dataset::FromBytes(Shape({1, 2, 2}), std::vector<uint8_t>(12, 255));
  Batch batch(dataset, 2);
  Batcher(dataset, RecordRange(0, 3)).Load(5, &batch);
  EXPECT_EQ(batch.shape(), Shape({2, 1, 2, 2}));
  EXPECT_TRUE(batch.classes().empty());
  EXPECT_TRUE(batch.targets().empty());
  EXPECT_THAT(batch.features(), testing::Each(1.0f));
}

TEST(BatcherDeathTest, WhatDoesNotFit) {
  const Dataset dataset = Numbers(3);
  EXPECT_DEATH(Batcher(dataset, std::vector<int64_t>()), "no records");
  EXPECT_DEATH(Batcher(dataset, std::vector<int64_t>{3}), "record 3 of 3");
  EXPECT_DEATH(Batch(dataset, 0), "room for 0 records");
  Batch batch(dataset, 2);
  EXPECT_DEATH(Batcher(dataset, RecordRange(0, 3)).LoadInOrder(3, &batch), "record 3 of 3");
  EXPECT_DEATH(Batcher(dataset, RecordRange(0, 3)).Load(-1, &batch), "sample -1");
}

}  // namespace
}  // namespace hairpin
