#include "data/masking.h"

#include <array>
#include <cmath>
#include <vector>

#include "data/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

TEST(MaskedCountTest, TheRule) {
  EXPECT_EQ(MaskedCount(0.15, 0), 0);
  EXPECT_EQ(MaskedCount(0.15, 1), 1);
  EXPECT_EQ(MaskedCount(0.15, 9), 1);
  EXPECT_EQ(MaskedCount(0.15, 10), 2);  // floor(1.5 + 0.5)
  EXPECT_EQ(MaskedCount(0.15, 62), 9);
  EXPECT_EQ(MaskedCount(1.0, 62), 62);
  EXPECT_EQ(MaskedCount(0.0, 62), 1);
  EXPECT_EQ(MaxMaskedPerSequence(0.15, 64), 9);
  EXPECT_EQ(MaxMaskedPerSequence(0.15, 3), 1);
  EXPECT_EQ(MaxEvaluationMaskedPerSequence(64), 7);
  EXPECT_EQ(MaxEvaluationMaskedPerSequence(3), 1);
}

// [CLS], then ids with some that are not maskable, [SEP].
std::vector<int32_t> Sequence(int64_t record, int seq_len) {
  std::vector<int32_t> ids(static_cast<size_t>(seq_len));
  for (int t = 0; t < seq_len; ++t) {
    const auto x = static_cast<int32_t>((record * 31 + t * 17) % 97);
    ids[t] = x < 10 ? x % 5 : 5 + x;
  }
  ids.front() = kClsId;
  ids.back() = kSepId;
  return ids;
}

TEST(MaskerTest, ExactlyKMaskablePositionsAndTheirLabels) {
  const Masker masker({.seed = 3, .probability = 0.15, .vocabulary_size = 200});
  std::vector<int32_t> positions(64), labels(64);
  int64_t masked = 0, kept = 0, random = 0;
  for (int64_t record = 0; record < 20000; ++record) {
    const std::vector<int32_t> before = Sequence(record, 64);
    std::vector<int32_t> ids = before;
    int n = 0;
    for (const int32_t id : ids) n += id >= 5;
    const int k = masker.Mask(7, record, ids, positions, labels);
    ASSERT_EQ(k, MaskedCount(0.15, n));
    int next = 0;
    for (int t = 0; t < 64; ++t) {
      if (next < k && positions[next] == t) {
        ASSERT_EQ(labels[next], before[t]);
        ASSERT_GE(before[t], 5);
        if (ids[t] == kMaskId) {
          ++masked;
        } else if (ids[t] == before[t]) {
          ++kept;
        } else {
          ASSERT_TRUE(ids[t] >= 5 && ids[t] < 200);
          ++random;
        }
        ++next;
      } else {
        ASSERT_EQ(ids[t], before[t]);
      }
    }
    ASSERT_EQ(next, k);
  }
  // Five deviations of a binomial count of some 160,000 draws. A random id is by chance the old one
  // once in 195 times.
  const auto total = static_cast<double>(masked + kept + random);
  const auto near = [&](int64_t count, double p) {
    EXPECT_NEAR(static_cast<double>(count), total * p, 5 * std::sqrt(total * p * (1 - p))) << p;
  };
  near(masked, 0.8);
  near(random, 0.1 * 194 / 195);
  near(kept, 0.1 + 0.1 / 195);
}

TEST(MaskerTest, EveryPositionAndEveryRandomIdEquallyOften) {
  const Masker masker({.seed = 1, .probability = 0.15, .vocabulary_size = 25});
  std::vector<int32_t> positions(9), labels(9);
  std::vector<double> at(64), random(25);
  constexpr int kRecords = 40000;
  for (int64_t record = 0; record < kRecords; ++record) {
    std::vector<int32_t> ids(64, 24);
    ids.front() = kClsId;
    ids.back() = kSepId;
    ASSERT_EQ(masker.Mask(0, record, ids, positions, labels), 9);
    for (const int32_t p : positions) {
      ++at[p];
      ++random[ids[p]];
    }
  }
  // Chi-square with 61 degrees of freedom: 99.9 % are below 101. The counts of one sequence are a
  // sample without replacement, which makes it smaller by 53/61.
  double chi_square = 0;
  const double mean = kRecords * 9.0 / 62;
  for (int t = 1; t < 63; ++t) chi_square += (at[t] - mean) * (at[t] - mean) / mean;
  EXPECT_LT(chi_square, 101);
  EXPECT_GT(chi_square, 25);
  // The 19 random ids that can be told from those that stay: 99.9 % below 42.3 for 18 degrees.
  double sum = 0;
  for (int id = 5; id < 24; ++id) sum += random[id];
  chi_square = 0;
  for (int id = 5; id < 24; ++id) {
    chi_square += (random[id] - sum / 19) * (random[id] - sum / 19) / (sum / 19);
  }
  EXPECT_LT(chi_square, 42.3);
}

TEST(MaskerTest, APureFunctionOfSeedEpochAndRecord) {
  const auto draw = [](uint64_t seed, uint64_t epoch, int64_t record) {
    const Masker masker({.seed = seed, .vocabulary_size = 200});
    std::vector<int32_t> ids(64, 50), positions(64), labels(64);
    masker.Mask(epoch, record, ids, positions, labels);
    return ids;
  };
  const std::vector<int32_t> ids = draw(1, 2, 3);
  EXPECT_EQ(draw(1, 2, 3), ids);
  EXPECT_NE(draw(2, 2, 3), ids);
  EXPECT_NE(draw(1, 3, 3), ids);
  EXPECT_NE(draw(1, 2, 4), ids);
  EXPECT_NE(draw(1, 2, 3 + (int64_t{1} << 32)), ids);
}

TEST(MaskerTest, NothingMaskableAndTheSmallestVocabulary) {
  const Masker masker({.probability = 1, .vocabulary_size = 6});
  std::vector<int32_t> ids = {2, 1, 1, 3, 0, 0}, positions, labels;
  EXPECT_EQ(masker.Mask(0, 0, ids, positions, labels), 0);
  EXPECT_THAT(ids, ElementsAre(2, 1, 1, 3, 0, 0));
  ids = {2, 5, 1, 5, 3};
  positions.resize(2);
  labels.resize(2);
  EXPECT_EQ(masker.Mask(0, 0, ids, positions, labels), 2);
  EXPECT_THAT(positions, ElementsAre(1, 3));
  EXPECT_THAT(labels, ElementsAre(5, 5));
}

TEST(MaskForEvaluationTest, EveryTenthCountedFromTheSequencesNumber) {
  std::vector<int32_t> positions(3), labels(3);
  for (int64_t i = 0; i < 40; ++i) {
    std::vector<int32_t> ids(24);
    for (int t = 0; t < 24; ++t) ids[t] = t == 12 ? kUnknownId : 100 + t;
    ids.front() = kClsId;
    ids.back() = kSepId;
    const int count = MaskForEvaluation(i, ids, positions, labels);
    int expected = 0;
    for (int p = 1; p < 23; ++p) {
      const bool masked = ((p - 1 - i) % 10 + 10) % 10 == 0 && p != 12;
      EXPECT_EQ(ids[p], masked ? kMaskId : p == 12 ? kUnknownId : 100 + p);
      if (!masked) continue;
      EXPECT_EQ(positions[expected], p);
      EXPECT_EQ(labels[expected++], 100 + p);
    }
    EXPECT_EQ(count, expected);
  }
}

}  // namespace
}  // namespace hairpin
