#include "data/word_counts.h"

#include <map>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

std::map<std::string, int64_t> All(const WordCounts& counts) {
  std::map<std::string, int64_t> all;
  for (int64_t i = 0; i < counts.size(); ++i) all[std::string(counts.word(i))] += counts.count(i);
  return all;
}

TEST(WordCountsTest, CountsLikeAMap) {
  WordCounts counts, other;
  std::map<std::string, int64_t> expected;
  for (int i = 0; i < 50000; ++i) {
    std::string word = "w";
    word += std::to_string(int64_t{i} * i % 9973);
    (i % 2 ? counts : other).Add(word, 1 + i % 3);
    expected[word] += 1 + i % 3;
  }
  counts.AddAll(other);
  EXPECT_EQ(All(counts), expected);
  EXPECT_EQ(counts.size(), static_cast<int64_t>(expected.size()));
  counts.Clear();
  EXPECT_EQ(counts.size(), 0);
  counts.Add("w1", 1);
  EXPECT_EQ(All(counts), (std::map<std::string, int64_t>{{"w1", 1}}));
}

TEST(WordCountsTest, PruneDropsTheRarestWhateverTheOrder) {
  std::map<std::string, int64_t> left;
  for (const bool backwards : {false, true}) {
    WordCounts counts;
    for (int i = 0; i < 100; ++i) {
      const int n = backwards ? 99 - i : i;
      counts.Add("word" + std::to_string(n), n / 10 + 1);  // ten words each of counts 1 to 10
    }
    counts.Prune({.max_words = 100, .max_bytes = 1 << 20});
    EXPECT_EQ(counts.size(), 100);
    // At most 45 may stay: those with counts 7 to 10.
    counts.Prune({.max_words = 90, .max_bytes = 1 << 20});
    EXPECT_EQ(counts.size(), 40);
    EXPECT_EQ(counts.dropped_words(), 60);
    EXPECT_EQ(counts.dropped_occurrences(), 10 * (1 + 2 + 3 + 4 + 5 + 6));
    for (const auto& [word, count] : All(counts)) EXPECT_GE(count, 7);
    counts.Add("word99", 5);
    EXPECT_EQ(All(counts)["word99"], 15);
    if (!backwards) left = All(counts);
    EXPECT_EQ(All(counts), left);
    counts.Prune({.max_words = 90, .max_bytes = 100});
    EXPECT_LE(counts.size(), 8);
  }
}

}  // namespace
}  // namespace hairpin
