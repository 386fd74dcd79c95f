#include "data/text/causal_batch.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing::ElementsAreArray;

// The ids 0, 1, ... n - 1: an id tells its place.
std::vector<int32_t> Places(int n) {
  std::vector<int32_t> ids(static_cast<size_t>(n));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

TEST(CausalLoaderTest, LabelsAreWhatComesNext) {
  const std::vector<int32_t> ids = Places(100);
  const CausalLoader loader(ids, {.seed = 3, .tokens = 8});
  CausalBatch batch(5, 8);
  loader.Load(40, &batch);
  ASSERT_EQ(batch.sequences(), 5);
  for (int b = 0; b < 5; ++b) {
    for (int t = 0; t < 8; ++t) {
      EXPECT_EQ(batch.inputs()[b * 8 + t], loader.Offset(40 + b) + t);
      EXPECT_EQ(batch.labels()[b * 8 + t], loader.Offset(40 + b) + t + 1);
    }
  }
}

TEST(CausalLoaderTest, OffsetsGoEverywhereEquallyOften) {
  const std::vector<int32_t> ids = Places(28);
  const CausalLoader loader(ids, {.seed = 3, .tokens = 8});
  std::vector<int> counts(20);
  for (int64_t sample = 0; sample < 20000; ++sample) ++counts.at(loader.Offset(sample));
  // Chi-square of 19 degrees of freedom: the 99.9 % quantile is 43.8. The seed is fixed.
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 1000) * (count - 1000) / 1000.0;
  EXPECT_LT(chi_square, 43.8);
  // Samples that follow each other agree as often as chance has it.
  int equal = 0;
  for (int64_t sample = 0; sample < 20000; ++sample) {
    equal += loader.Offset(sample) == loader.Offset(sample + 1);
  }
  EXPECT_NEAR(equal, 1000, 3 * 31);
}

TEST(CausalLoaderTest, AnyBatchAtAnyTime) {
  const std::vector<int32_t> ids = Places(5000);
  const CausalLoader loader(ids, {.seed = 1, .tokens = 4});
  CausalBatch one(4, 4), two(4, 4), half(2, 4);
  loader.Load(1000, &one);
  loader.Load(7, &two);
  loader.Load(1000, &two);
  EXPECT_THAT(two.inputs(), ElementsAreArray(one.inputs()));
  loader.Load(1002, &half);
  EXPECT_THAT(half.labels(), ElementsAreArray(one.labels().subspan(8)));
  CausalLoader(ids, {.seed = 2, .tokens = 4}).Load(1000, &two);
  EXPECT_THAT(two.inputs(), testing::Not(ElementsAreArray(one.inputs())));
}

TEST(CausalLoaderTest, InOrderEveryWindowOnce) {
  for (const int n : {9, 16, 17, 18, 24, 25}) {
    const std::vector<int32_t> ids = Places(n);
    const CausalLoader loader(ids, {.tokens = 8});
    ASSERT_EQ(loader.windows(), (n - 1) / 8);
    CausalBatch batch(2, 8);
    std::vector<int32_t> inputs;
    for (int64_t first = 0; first < loader.windows(); first += batch.sequences()) {
      loader.LoadInOrder(first, &batch);
      inputs.insert(inputs.end(), batch.inputs().begin(), batch.inputs().end());
      EXPECT_EQ(batch.labels().back(), batch.inputs().back() + 1);
    }
    EXPECT_EQ(inputs, Places((n - 1) / 8 * 8));
  }
}

TEST(CausalLoaderDeathTest, WhatDoesNotFit) {
  const std::vector<int32_t> ids = Places(9);
  EXPECT_DEATH(CausalLoader(ids, {.tokens = 9}), "9 ids for windows of 9 and one more");
  CausalBatch batch(1, 4);
  EXPECT_DEATH(CausalLoader(ids, {.tokens = 8}).Load(0, &batch), "8 ids into a batch of 4");
  EXPECT_DEATH(CausalLoader(ids, {.tokens = 4}).LoadInOrder(2, &batch), "window 2 of 2");
}

}  // namespace
}  // namespace hairpin
