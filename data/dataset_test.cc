#include "data/dataset.h"

#include "data/split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing::ElementsAre;

TEST(DatasetTest, FloatsComeBack) {
  Dataset dataset = Dataset::FromFloats(Shape({2}), {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(dataset.size(), 3);
  EXPECT_FALSE(dataset.has_classes());
  EXPECT_EQ(dataset.targets_per_record(), 0);
  std::vector<float> features(2);
  dataset.ReadFeatures(2, features);
  EXPECT_THAT(features, ElementsAre(4, 5));
  dataset.SetTargets({6, 7, 8, 9, 10, 11}, 2);
  EXPECT_THAT(dataset.Targets(1), ElementsAre(8, 9));
  dataset.SetClasses({1, 0, 1}, {"a", "b"});
  EXPECT_EQ(dataset.class_count(), 2);
  EXPECT_THAT(dataset.classes(), ElementsAre(1, 0, 1));
}

TEST(DatasetTest, BytesAreReadFromZeroToOne) {
  const Dataset dataset = Dataset::FromBytes(Shape({1, 1, 2}), {0, 255, 51, 102});
  std::vector<float> features(2);
  dataset.ReadFeatures(0, features);
  EXPECT_THAT(features, ElementsAre(0, 1));
  dataset.ReadFeatures(1, features);
  EXPECT_THAT(features, ElementsAre(testing::FloatEq(0.2f), testing::FloatEq(0.4f)));
  EXPECT_EQ(dataset.FeatureBytes(1), "\x33\x66");
}

TEST(DatasetTest, BalancedWeightsMakeClassesCountEqually) {
  const std::vector<int32_t> classes = {0, 0, 0, 1, 0, 0, 3, 3};
  // Of the first seven: five of 0, one of 1, one of 3.
  EXPECT_THAT(BalancedClassWeights(classes, 4, RecordRange(0, 7)),
              ElementsAre(testing::FloatEq(7.0f / 15), testing::FloatEq(7.0f / 3), 0,
                          testing::FloatEq(7.0f / 3)));
}

TEST(DatasetDeathTest, WhatDoesNotFit) {
  EXPECT_DEATH(Dataset::FromFloats(Shape({2}), {1, 2, 3}), "3 features for records of \\[2\\]");
  Dataset dataset = Dataset::FromFloats(Shape({1}), {1, 2});
  EXPECT_DEATH(dataset.SetClasses({0}, {"a"}), "1 labels of 1 classes for 2 records");
  EXPECT_DEATH(dataset.SetClasses({0, 1}, {"a"}), "class 1 of 1");
  EXPECT_DEATH(dataset.SetTargets({0, 1, 2}, 2), "3 targets, 2 for each of 2 records");
  std::vector<float> features(1);
  EXPECT_DEATH(dataset.ReadFeatures(2, features), "record 2 of 2");
}

}  // namespace
}  // namespace hairpin
