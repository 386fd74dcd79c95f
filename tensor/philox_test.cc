#include "tensor/philox.h"

#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "gtest/gtest.h"
#include "tensor/normal_pair.h"

namespace hairpin {
namespace {

// The known answers of philox4x32-10 that come with Random123.
TEST(PhiloxTest, KnownAnswers) {
  EXPECT_EQ(PhiloxBlock({0, 0}, {0, 0, 0, 0}),
            (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(PhiloxBlock({0xffffffff, 0xffffffff},
                        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}),
            (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(PhiloxBlock({0xa4093822, 0x299f31d0},
                        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, AtIsABlockOfItsArguments) {
  const PhiloxKey key = {3, 4};
  const Philox philox(key);
  EXPECT_EQ(philox.At(0x0000000200000001, 5, 6), PhiloxBlock(key, {1, 2, 5, 6}));
  EXPECT_EQ(philox({1, 2, 5, 6}), PhiloxBlock(key, {1, 2, 5, 6}));
}

TEST(PhiloxTest, KeysOfSeedsStreamsAndPartsDiffer) {
  std::set<std::pair<uint32_t, uint32_t>> keys;
  int made = 0;
  for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32}) {
    for (const Stream stream : {Stream::kInitialization, Stream::kMasking, Stream::kDropout}) {
      for (const uint32_t part : {0u, 1u}) {
        const PhiloxKey key = DeriveKey(seed, stream, part);
        keys.insert({key.low, key.high});
        ++made;
      }
    }
  }
  EXPECT_EQ(static_cast<int>(keys.size()), made);
}

TEST(PhiloxTest, UniformsStayInTheirRange) {
  EXPECT_EQ(UniformBelow(0, 10), 0u);
  EXPECT_EQ(UniformBelow(0xffffffff, 10), 9u);
  EXPECT_EQ(UniformBelow(0x80000000, 10), 5u);
  EXPECT_EQ(UniformFloat(0), 0.0f);
  EXPECT_LT(UniformFloat(0xffffffff), 1.0f);
  EXPECT_EQ(UniformFloat(0x80000000), 0.5f);
  EXPECT_GT(UniformOpenDouble(0), 0.0);
  EXPECT_TRUE(std::isfinite(std::log(UniformOpenDouble(0))));
  EXPECT_LT(UniformOpenDouble(0xffffffff), 1.0);
}

TEST(PhiloxTest, MeanAndVarianceAreThoseOfUniforms) {
  const Philox philox(DeriveKey(1, Stream::kTest));
  constexpr int kBlocks = 10000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kBlocks; ++i) {
    for (const uint32_t word : philox.At(i)) {
      const double u = UniformFloat(word) - 0.5;
      sum += u;
      squares += u * u;
    }
  }
  const double n = 4.0 * kBlocks;
  // Four standard deviations of each estimate: 1 / sqrt(12 n), 1 / sqrt(180 n).
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(12 * n));
  EXPECT_NEAR(squares / n, 1.0 / 12, 4 / std::sqrt(180 * n));
}

TEST(NormalPairTest, IsTheTransformOfBoxAndMuller) {
  // u = 1/2, a quarter of the circle: sqrt(2 ln 2) on the second axis, but for half a word.
  const auto [x, y] = NormalPair(0x7fffffff, 0x3fffffff, 3);
  EXPECT_NEAR(x, 0, 1e-8);
  EXPECT_NEAR(y, 3 * 1.1774100225154747, 1e-8);
  EXPECT_TRUE(std::isfinite(NormalPair(0, 0)[0]));
}

TEST(NormalPairTest, MomentsAreThoseOfTwoIndependentNormalNumbers) {
  const Philox philox(DeriveKey(2, Stream::kTest));
  constexpr int kPairs = 100000;
  double sums[2] = {}, squares[2] = {}, fourth[2] = {}, products = 0;
  for (int i = 0; i < kPairs; ++i) {
    const PhiloxWords words = philox.At(i);
    const std::array<double, 2> pair = NormalPair(words[0], words[1]);
    for (int k = 0; k < 2; ++k) {
      sums[k] += pair[k];
      squares[k] += pair[k] * pair[k];
      fourth[k] += std::pow(pair[k], 4);
    }
    products += pair[0] * pair[1];
  }
  // Four standard deviations of each estimate.
  const double n = kPairs, bound = 4 / std::sqrt(n);
  for (int k = 0; k < 2; ++k) {
    EXPECT_NEAR(sums[k] / n, 0, bound);
    EXPECT_NEAR(squares[k] / n, 1, bound * std::sqrt(2.0));
    EXPECT_NEAR(fourth[k] / n, 3, bound * std::sqrt(96.0));
  }
  EXPECT_NEAR(products / n, 0, bound);
}

}  // namespace
}  // namespace hairpin
