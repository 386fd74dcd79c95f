#include "data/batch.h"

#include <memory>

#include "data/permutation.h"
#include "data/test_util.h"
#include "data/token_cache_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

// A cache of `lines` lines of the letters a to z (ids 5 to 30), every line different.
std::unique_ptr<TokenCache> MakeCache(int lines, Packing packing, int seq_len) {
  std::vector<std::string> letters;
  for (char c = 'a'; c <= 'z'; ++c) letters.push_back(std::string(1, c));
  std::string text;
  for (int i = 0; i < lines; ++i) {
    for (int k = 0, x = i; k < 3 + i % 5; ++k, x = x * 7 + 3) {
      text += static_cast<char>('a' + (x % 26));
      text += ' ';
    }
    text += std::string(1, static_cast<char>('a' + i % 26)) + " " +
            static_cast<char>('a' + i / 26) + "\n";
  }
  const std::string path = TestPath("batch.ids");
  const auto info = BuildTokenCache({{WriteTestFile("batch", text)}}, TestVocabulary(letters),
                                    {.seq_len = seq_len, .packing = packing}, path);
  EXPECT_TRUE(info.ok()) << info.status();
  return *TokenCache::Open(path);
}

// The ids that the batch's sequence b was made from: masks undone.
std::vector<int32_t> Original(const MlmBatch& batch, int b) {
  std::vector<int32_t> ids(batch.ids().begin(), batch.ids().end());
  for (int i = 0; i < batch.masked(); ++i) ids[batch.masked_rows()[i]] = batch.labels()[i];
  return {ids.begin() + b * batch.seq_len(), ids.begin() + (b + 1) * batch.seq_len()};
}

TEST(MlmLoaderTest, EachRecordOnceAnEpochInThePermutationsOrder) {
  const auto cache = MakeCache(100, Packing::kLine, 12);
  const int64_t n = cache->records();
  ASSERT_EQ(n, 100);
  const MlmLoader loader(*cache, {.seed = 9, .vocabulary_size = 31});
  MlmBatch batch(8, 12, loader.max_masked_per_sequence());
  std::vector<int32_t> record(12);
  // 25 batches are two epochs; one batch crosses their border.
  for (int64_t first = 0; first < 200; first += 8) {
    ASSERT_TRUE(loader.Load(first, &batch).ok());
    ASSERT_EQ(batch.sequences(), 8);
    for (int b = 0; b < 8; ++b) {
      const auto epoch = static_cast<uint64_t>((first + b) / n);
      ASSERT_TRUE(
          cache->Read(Permutation(9, epoch, n)((first + b) % n), std::span(record)).ok());
      EXPECT_EQ(Original(batch, b), record);
    }
  }
}

TEST(MlmLoaderTest, MasksRowsAndPadding) {
  const auto cache = MakeCache(100, Packing::kLine, 12);
  const MlmLoader loader(*cache, {.seed = 9, .probability = 0.3, .vocabulary_size = 31});
  MlmBatch batch(16, 12, loader.max_masked_per_sequence());
  ASSERT_TRUE(loader.Load(1000, &batch).ok());
  EXPECT_TRUE(batch.padded());
  int expected = 0;
  for (int b = 0; b < 16; ++b) {
    int n = 0;
    const std::vector<int32_t> original = Original(batch, b);
    for (int t = 0; t < 12; ++t) {
      EXPECT_EQ(batch.attention_mask()[b * 12 + t], original[t] != kPadId);
      n += original[t] >= 5;
    }
    expected += MaskedCount(0.3, n);
  }
  EXPECT_EQ(batch.masked(), expected);
  ASSERT_EQ(batch.masked_rows().size(), batch.labels().size());
  for (int i = 0; i < batch.masked(); ++i) {
    if (i > 0) {
      EXPECT_GT(batch.masked_rows()[i], batch.masked_rows()[i - 1]);
    }
    EXPECT_GE(batch.labels()[i], 5);
  }
}

TEST(MlmLoaderTest, AnyBatchAtAnyTime) {
  const auto cache = MakeCache(200, Packing::kStream, 16);
  const MlmLoader loader(*cache, {.seed = 4, .vocabulary_size = 31});
  MlmBatch one(4, 16, loader.max_masked_per_sequence());
  MlmBatch two(4, 16, loader.max_masked_per_sequence());
  MlmBatch half(2, 16, loader.max_masked_per_sequence());
  ASSERT_TRUE(loader.Load(40, &one).ok());
  ASSERT_TRUE(loader.Load(7, &two).ok());
  ASSERT_TRUE(loader.Load(40, &two).ok());
  EXPECT_THAT(two.ids(), testing::ElementsAreArray(one.ids()));
  EXPECT_THAT(two.masked_rows(), testing::ElementsAreArray(one.masked_rows()));
  EXPECT_THAT(two.labels(), testing::ElementsAreArray(one.labels()));
  EXPECT_FALSE(one.padded());
  // What a sample is does not depend on its batch.
  ASSERT_TRUE(loader.Load(42, &half).ok());
  EXPECT_THAT(half.ids(), testing::ElementsAreArray(one.ids().subspan(32)));
}

TEST(MlmLoaderTest, EvaluationGoesThroughAllRecordsInOrder) {
  const auto cache = MakeCache(200, Packing::kStream, 16);
  MlmBatch batch(7, 16, MaxEvaluationMaskedPerSequence(16));
  int64_t seen = 0;
  for (; seen < cache->records(); seen += batch.sequences()) {
    ASSERT_TRUE(MlmLoader::LoadEvaluation(*cache, seen, &batch).ok());
    int masked = 0;
    for (int b = 0; b < batch.sequences(); ++b) {
      std::vector<int32_t> ids(16), positions(2), labels(2);
      ASSERT_TRUE(cache->Read(seen + b, std::span(ids)).ok());
      EXPECT_EQ(Original(batch, b), ids);
      const int count = MaskForEvaluation(seen + b, ids, positions, labels);
      EXPECT_THAT(batch.ids().subspan(b * 16, 16), testing::ElementsAreArray(ids));
      for (int i = 0; i < count; ++i) {
        EXPECT_EQ(batch.masked_rows()[masked + i], b * 16 + positions[i]);
      }
      masked += count;
    }
    EXPECT_EQ(batch.masked(), masked);
  }
  EXPECT_EQ(seen, cache->records());
  EXPECT_NE(cache->records() % 7, 0);
}

TEST(MlmLoaderTest, RandomBatchesHaveTheMostMasksThereCanBe) {
  const MaskingOptions options = {.seed = 3, .probability = 0.2, .vocabulary_size = 9};
  const int most = MaxMaskedPerSequence(0.2, 22);
  for (const bool padded : {false, true}) {
    MlmBatch batch(4, 22, most);
    MlmLoader::LoadRandom(options, padded, &batch);
    EXPECT_EQ(batch.sequences(), 4);
    EXPECT_EQ(batch.masked(), batch.max_masked());
    EXPECT_EQ(batch.padded(), padded);
    for (int b = 0; b < 4; ++b) {
      const std::vector<int32_t> ids = Original(batch, b);
      EXPECT_EQ(ids.front(), 2);
      EXPECT_EQ(ids.back(), padded && b == 3 ? 0 : 3);
      EXPECT_THAT(std::vector(ids.begin() + 1, ids.end() - 1),
                  testing::Each(testing::AllOf(testing::Ge(5), testing::Lt(9))));
    }
    EXPECT_NE(Original(batch, 0), Original(batch, 1));
    MlmBatch again(4, 22, most);
    MlmLoader::LoadRandom(options, padded, &again);
    EXPECT_THAT(again.ids(), testing::ElementsAreArray(batch.ids()));
  }
}

}  // namespace
}  // namespace hairpin
