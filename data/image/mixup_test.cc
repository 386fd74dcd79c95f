#include "data/image/mixup.h"

#include <vector>

#include "data/split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

// Record i is the number i, of class i mod 3.
Dataset Numbers(int n) {
  std::vector<float> features;
  std::vector<int32_t> classes;
  for (int i = 0; i < n; ++i) {
    features.push_back(static_cast<float>(i));
    classes.push_back(i % 3);
  }
  Dataset dataset = Dataset::FromFloats(Shape({1}), features);
  dataset.SetClasses(classes, {"a", "b", "c"});
  return dataset;
}

TEST(MixupTest, FeaturesAndClassesAreMixedAlike) {
  const Dataset dataset = Numbers(30);
  const std::vector<int64_t> records = RecordRange(10, 30);
  const Batcher batcher(dataset, records, {.seed = 1});
  const Mixup mixup(dataset, records, {.alpha = 0.4, .seed = 1});
  Batch batch(dataset, 8);
  std::vector<float> shares(24);
  batcher.Load(100, &batch);
  mixup.Apply(100, &batch, shares);
  for (int b = 0; b < 8; ++b) {
    const Mixup::Draw draw = mixup.Of(100 + b);
    const int64_t record = batcher.RecordOfSample(100 + b);
    EXPECT_GE(draw.partner, 10);
    EXPECT_FLOAT_EQ(batch.Features(b)[0], draw.share * record + (1 - draw.share) * draw.partner);
    for (int k = 0; k < 3; ++k) {
      EXPECT_FLOAT_EQ(shares[b * 3 + k], (record % 3 == k ? draw.share : 0) +
                                             (draw.partner % 3 == k ? 1 - draw.share : 0));
    }
  }
  EXPECT_DEATH(mixup.Apply(0, &batch, std::span(shares).first(23)), "23 shares of 3 classes");
}

// Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)).
TEST(MixupTest, SharesAreBeta) {
  const Dataset dataset = Numbers(10);
  const std::vector<int64_t> records = RecordRange(0, 10);
  for (const double alpha : {5e-324, 0.05, 0.2, 0.5, 1.0}) {
    const Mixup mixup(dataset, records, {.alpha = alpha, .seed = 3});
    double sum = 0, squares = 0;
    std::vector<int> partners(10);
    for (int64_t sample = 0; sample < 10000; ++sample) {
      const Mixup::Draw draw = mixup.Of(sample);
      ASSERT_TRUE(draw.share >= 0 && draw.share <= 1);
      sum += draw.share;
      squares += (draw.share - 0.5) * (draw.share - 0.5);
      ++partners.at(static_cast<size_t>(draw.partner));
    }
    EXPECT_NEAR(sum / 10000, 0.5, 0.015);
    EXPECT_NEAR(squares / 10000, 1 / (4 * (2 * alpha + 1)), 0.004) << alpha;
    EXPECT_THAT(partners, testing::Each(testing::AllOf(testing::Gt(900), testing::Lt(1100))));
  }
}

}  // namespace
}  // namespace hairpin
