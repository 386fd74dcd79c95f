#include "data/pair_merger.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

TEST(PairMergerTest, TakesTheMostFrequentThenTheSmallerIds) {
  std::vector<std::string> tokens = {"a", "b", "##a", "##b", "##c"};
  PairMerger merger(&tokens);
  merger.AddWord(std::vector<int32_t>{0, 3, 4}, 5);  // a ##b ##c
  merger.AddWord(std::vector<int32_t>{1, 3, 4}, 4);  // b ##b ##c
  merger.AddWord(std::vector<int32_t>{0, 2}, 5);     // a ##a
  ASSERT_TRUE(merger.Run(100, 5).ok());
  // (##b, ##c) 9 times; then (a, ##a) and (a, ##bc) 5 times each: the smaller right id first.
  EXPECT_THAT(tokens, ElementsAre("a", "b", "##a", "##b", "##c", "##bc", "aa", "abc"));
}

TEST(PairMergerTest, RowsOfOneLetterMergeFromTheLeft) {
  std::vector<std::string> tokens = {"##x", "x"};
  PairMerger merger(&tokens);
  merger.AddWord(std::vector<int32_t>{1, 0, 0, 0, 0, 0}, 2);  // five "##x" make two pairs and one
  ASSERT_TRUE(merger.Run(100, 2).ok());
  EXPECT_THAT(tokens, ElementsAre("##x", "x", "##xx", "xxx", "##xxx", "xxxxxx"));
}

// The same by counting everything again at each step.
std::vector<std::string> Slow(std::vector<std::string> tokens,
                              std::vector<std::pair<std::vector<int32_t>, int64_t>> words,
                              size_t size, int64_t min_count) {
  while (tokens.size() < size) {
    std::map<std::pair<int32_t, int32_t>, int64_t> pairs;
    for (const auto& [ids, count] : words) {
      for (size_t i = 1; i < ids.size(); ++i) pairs[{ids[i - 1], ids[i]}] += count;
    }
    std::pair<int32_t, int32_t> best;
    int64_t most = min_count - 1;
    for (const auto& [pair, count] : pairs) {
      if (count > most) best = pair, most = count;
    }
    if (most < min_count) break;
    const std::string& right = tokens[best.second];
    const std::string token =
        tokens[best.first] + right.substr(right.starts_with("##") ? 2 : 0);
    size_t id = 0;
    while (id < tokens.size() && tokens[id] != token) ++id;
    if (id == tokens.size()) tokens.push_back(token);
    for (auto& [ids, count] : words) {
      std::vector<int32_t> merged;
      for (size_t i = 0; i < ids.size(); ++i) {
        if (i + 1 < ids.size() && ids[i] == best.first && ids[i + 1] == best.second) {
          merged.push_back(static_cast<int32_t>(id));
          ++i;
        } else {
          merged.push_back(ids[i]);
        }
      }
      ids = merged;
    }
  }
  return tokens;
}

TEST(PairMergerTest, EqualsCountingEverythingAgain) {
  uint32_t x = 7;
  const auto draw = [&](uint32_t n) {
    x = x * 1664525 + 1013904223;
    return static_cast<int32_t>((x >> 16) % n);
  };
  for (int round = 0; round < 20; ++round) {
    const int letters = 2 + round % 4;
    std::vector<std::string> tokens;
    for (int i = 0; i < letters; ++i) tokens.push_back(std::string(1, static_cast<char>('a' + i)));
    for (int i = 0; i < letters; ++i) tokens.push_back("##" + tokens[i]);
    std::vector<std::pair<std::vector<int32_t>, int64_t>> words;
    for (int w = 0; w < 60; ++w) {
      std::vector<int32_t> ids = {draw(letters)};
      while (draw(8) != 0) ids.push_back(letters + draw(letters));
      words.emplace_back(ids, 1 + draw(5));
    }
    const std::vector<std::string> expected = Slow(tokens, words, 60, 2);
    PairMerger merger(&tokens);
    for (const auto& [ids, count] : words) merger.AddWord(ids, count);
    ASSERT_TRUE(merger.Run(60, 2).ok());
    ASSERT_EQ(tokens, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace hairpin
