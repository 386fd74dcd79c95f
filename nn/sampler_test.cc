#include "nn/sampler.h"

#include <cmath>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using testing::ElementsAre;

// Probabilities 0.5, 0.25, 0.125, 0.125 of tokens 2, 0, 1, 3.
const float kLogits[] = {std::log(2.0f), 0.0f, std::log(4.0f), 0.0f};

std::vector<int64_t> Tokens(const SamplerOptions& options) {
  Sampler sampler(options, 1);
  std::vector<int64_t> tokens;
  double sum = 0;
  for (const auto& [token, probability] : sampler.Distribution(kLogits)) {
    tokens.push_back(token);
    sum += probability;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  return tokens;
}

TEST(SamplerTest, TheDistributionIsTheSoftmax) {
  Sampler sampler({}, 1);
  const auto distribution = sampler.Distribution(kLogits);
  ASSERT_EQ(distribution.size(), 4);
  EXPECT_NEAR(distribution[0].second, 0.5, 1e-7);
  EXPECT_NEAR(distribution[1].second, 0.25, 1e-7);
  EXPECT_NEAR(distribution[3].second, 0.125, 1e-7);
}

TEST(SamplerTest, TemperatureSharpensOrFlattens) {
  Sampler cold({.temperature = 0.5}, 1);
  EXPECT_NEAR(cold.Distribution(kLogits)[0].second, 16.0 / (16 + 4 + 1 + 1), 1e-7);
  Sampler hot({.temperature = 2}, 1);
  EXPECT_NEAR(hot.Distribution(kLogits)[0].second, 2 / (2 + std::sqrt(2.0) + 1 + 1), 1e-7);
  EXPECT_THAT(Tokens({.temperature = 0}), ElementsAre(2));
}

TEST(SamplerTest, TopKKeepsEqualsOfTheLast) {
  EXPECT_THAT(Tokens({.top_k = 1}), ElementsAre(2));
  EXPECT_THAT(Tokens({.top_k = 2}), ElementsAre(2, 0));
  EXPECT_THAT(Tokens({.top_k = 3}), ElementsAre(2, 0, 1, 3));
  EXPECT_THAT(Tokens({.top_k = 100}), ElementsAre(2, 0, 1, 3));
}

TEST(SamplerTest, TopPKeepsAsManyAsReachIt) {
  EXPECT_THAT(Tokens({.top_p = 0.1}), ElementsAre(2));
  EXPECT_THAT(Tokens({.top_p = 0.6}), ElementsAre(2, 0));
  EXPECT_THAT(Tokens({.top_p = 0.8}), ElementsAre(2, 0, 1));
  EXPECT_THAT(Tokens({.top_k = 2, .top_p = 0.7}), ElementsAre(2, 0));  // 2/3 of what top_k left
  EXPECT_THAT(Tokens({.top_k = 2, .top_p = 0.6}), ElementsAre(2));
}

TEST(SamplerTest, DrawsComeAsOftenAsTheirProbability) {
  constexpr int kDraws = 20000;
  Sampler sampler({}, 3);
  std::map<int64_t, int> counts;
  for (int i = 0; i < kDraws; ++i) ++counts[sampler.Draw(kLogits, i)];
  const double probabilities[] = {0.25, 0.125, 0.5, 0.125};
  double chi_square = 0;
  for (int token = 0; token < 4; ++token) {
    const double expected = kDraws * probabilities[token];
    chi_square += (counts[token] - expected) * (counts[token] - expected) / expected;
  }
  EXPECT_LT(chi_square, 16.3);  // of 3 degrees of freedom, exceeded once in a thousand seeds
}

TEST(SamplerTest, ADrawIsAFunctionOfSeedAndNumber) {
  Sampler a({}, 5), b({}, 5), c({}, 6);
  int equal = 0;
  for (int i = 0; i < 100; ++i) {
    const int64_t token = a.Draw(kLogits, i);
    EXPECT_EQ(token, b.Draw(kLogits, i));
    equal += token == c.Draw(kLogits, i);
  }
  EXPECT_LT(equal, 70);
}

TEST(SamplerTest, MinusInfinityIsNeverDrawn) {
  const float logits[] = {-INFINITY, 0, -INFINITY};
  Sampler sampler({}, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sampler.Draw(logits, i), 1);
}

TEST(SamplerDeathTest, SaysWhatIsWrong) {
  EXPECT_DEATH(Sampler({.temperature = -1}, 0), "found temperature -1");
  EXPECT_DEATH(Sampler({.top_p = 0}, 0), "found top_p 0");
  const float nan[] = {0, NAN}, none[] = {-INFINITY};
  Sampler sampler({}, 0);
  EXPECT_DEATH(sampler.Draw(nan, 0), "logit 1 is nan");
  EXPECT_DEATH(sampler.Draw(none, 0), "all logits are -infinity");
}

}  // namespace
}  // namespace hairpin
