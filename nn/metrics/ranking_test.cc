#include "nn/metrics/ranking.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

template <class T>
void TopK() {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Tensor scores =
      Tensor::FromValues<T>({4, 3}, {3, 1, 2, 3, 1, 2, 7, 7, 7, nan, 1, 2});
  const auto count = [&](std::initializer_list<int32_t> targets, int64_t k) {
    return CountTopK(scores, Tensor::FromValues<int32_t>({4}, targets), k);
  };
  EXPECT_EQ(count({0, 2, -100, -100}, 1), 1);
  EXPECT_EQ(count({0, 2, -100, -100}, 2), 2);
  EXPECT_EQ(count({1, 1, -100, -100}, 2), 0);
  EXPECT_EQ(count({1, 1, -100, -100}, 3), 2);
  EXPECT_EQ(count({-100, -100, 0, -100}, 1), 1);  // the first of equals
  EXPECT_EQ(count({-100, -100, 1, -100}, 1), 0);
  EXPECT_EQ(count({-100, -100, 1, -100}, 2), 1);
  EXPECT_EQ(count({-100, -100, -100, 0}, 3), 0);  // NaN is no score
}

TEST(RankingTest, TopK) {
  TopK<float>();
  TopK<double>();
}

TEST(RankingTest, AreaUnderRocCountsPairs) {
  // Pairs: 0.8 and 0.4 against 0.1, 0.4, 0.5: right, right, right; right, half, wrong.
  const double scores[] = {0.1, 0.4, 0.4, 0.8, 0.5};
  const bool positive[] = {false, false, true, true, false};
  EXPECT_DOUBLE_EQ(AreaUnderRoc(scores, positive), 4.5 / 6);
}

TEST(RankingTest, AreaUnderRocIsTheCountOverAllPairs) {
  double scores[40];
  bool positive[40];
  for (int i = 0; i < 40; ++i) {
    scores[i] = (i * 17 + 5) % 13;
    positive[i] = (i * 7) % 5 < 2;
  }
  double right = 0, pairs = 0;
  for (int p = 0; p < 40; ++p) {
    for (int n = 0; n < 40; ++n) {
      if (!positive[p] || positive[n]) continue;
      right += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
      ++pairs;
    }
  }
  EXPECT_NEAR(AreaUnderRoc(scores, positive), right / pairs, 1e-15);
}

TEST(RankingTest, AreaUnderRocWithoutBothKindsIsNaN) {
  const double scores[] = {1, 2};
  const bool all[] = {true, true};
  EXPECT_TRUE(std::isnan(AreaUnderRoc(scores, all)));
  const double bad[] = {1, std::numeric_limits<double>::quiet_NaN()};
  const bool both[] = {true, false};
  EXPECT_TRUE(std::isnan(AreaUnderRoc(bad, both)));
}

TEST(RankingTest, AreaUnderRocOfClasses) {
  const Tensor scores = Tensor::FromValues<float>({3, 2}, {0.9f, 0.1f, 0.3f, 0.7f, 0.4f, 0.6f});
  EXPECT_DOUBLE_EQ(AreaUnderRoc(scores, Tensor::FromValues<int32_t>({3}, {0, 1, 1})), 1);
  EXPECT_DOUBLE_EQ(AreaUnderRoc(scores, Tensor::FromValues<int32_t>({3}, {1, 1, 0})), 0.5);
}

TEST(RankingDeathTest, SaysWhatDoesNotFit) {
  const Tensor scores = Tensor::FromValues<float>({1, 2}, {1, 2});
  EXPECT_DEATH(CountTopK(scores, Tensor::FromValues<int32_t>({2}, {0, 0}), 1),
               "CountTopK: scores \\[1, 2\\], targets \\[2\\]");
  EXPECT_DEATH(CountTopK(scores, Tensor::FromValues<int32_t>({1}, {2}), 1),
               "target 2 of 2 classes");
}

}  // namespace
}  // namespace hairpin
