#include "data/permutation.h"

#include <cstdlib>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(PermutationTest, IsABijection) {
  for (const int64_t n : {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 63, 64, 65, 100, 1000, 4096, 54722}) {
    for (uint64_t epoch = 0; epoch < 3; ++epoch) {
      const Permutation order(5, epoch, n);
      std::vector<bool> seen(static_cast<size_t>(n));
      for (int64_t i = 0; i < n; ++i) {
        const int64_t j = order(i);
        ASSERT_TRUE(j >= 0 && j < n) << n;
        ASSERT_FALSE(seen[j]) << n;
        seen[j] = true;
      }
    }
  }
}

TEST(PermutationTest, LargeOnesStayInRangeAndDiffer) {
  for (const int64_t n : {(int64_t{1} << 40) + 1, int64_t{1} << 62}) {
    std::set<int64_t> seen;
    for (int64_t i = 0; i < 2000; ++i) {
      const int64_t j = Permutation(1, 2, n)(n - 1 - i);
      ASSERT_TRUE(j >= 0 && j < n);
      seen.insert(j);
    }
    EXPECT_EQ(seen.size(), 2000u);
  }
}

TEST(PermutationTest, SeedsAndEpochsHaveTheirOwnOrder) {
  const int64_t n = 1000;
  const auto equal = [&](const Permutation& a, const Permutation& b) {
    int count = 0;
    for (int64_t i = 0; i < n; ++i) count += a(i) == b(i);
    return count;
  };
  const Permutation order(1, 0, n);
  EXPECT_EQ(equal(order, Permutation(1, 0, n)), n);
  // Two independent orders agree in one place on average.
  EXPECT_LT(equal(order, Permutation(1, 1, n)), 10);
  EXPECT_LT(equal(order, Permutation(2, 0, n)), 10);
  EXPECT_LT(equal(order, Permutation(1, uint64_t{1} << 32, n)), 10);
}

// Where some elements of 10 go over many epochs: chi-square of 9 degrees of freedom, whose 99.9 %
// quantile is 27.9. The seed is fixed, so this is not a matter of luck.
TEST(PermutationTest, ElementsGoEverywhereEquallyOften) {
  constexpr int kPlaces = 10, kEpochs = 20000;
  for (const int64_t element : {0, 1, 9}) {
    std::vector<int> counts(kPlaces);
    for (uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
      ++counts[Permutation(3, epoch, kPlaces)(element)];
    }
    double chi_square = 0;
    for (const int count : counts) {
      const double mean = static_cast<double>(kEpochs) / kPlaces;
      chi_square += (count - mean) * (count - mean) / mean;
    }
    EXPECT_LT(chi_square, 27.9) << element;
  }
}

// In an order drawn by chance, neighbours are no neighbours any more.
TEST(PermutationTest, NeighboursAreParted) {
  const int64_t n = 100000;
  const Permutation order(1, 0, n);
  double sum = 0;
  for (int64_t i = 0; i + 1 < n; ++i) sum += std::abs(order(i + 1) - order(i));
  EXPECT_NEAR(sum / (n - 1) / n, 1.0 / 3, 0.005);
}

TEST(PermutationTest, SamplesGoOnFromEpochToEpoch) {
  for (int64_t sample = 0; sample < 30; ++sample) {
    EXPECT_EQ(ShuffledRecord(4, sample, 7),
              Permutation(4, static_cast<uint64_t>(sample / 7), 7)(sample % 7));
  }
  EXPECT_DEATH(ShuffledRecord(4, -1, 7), "sample -1");
}

}  // namespace
}  // namespace hairpin
