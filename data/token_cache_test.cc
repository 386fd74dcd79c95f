#include "data/token_cache.h"

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TokenCacheInfo Info(int32_t vocabulary_size) {
  return {.seq_len = 5,
          .packing = Packing::kLine,
          .lowercase = false,
          .part = TextPart::kTrain,
          .text = {.bytes = 123, .sha256 = std::string(64, 'a')},
          .vocabulary_size = vocabulary_size,
          .vocabulary_sha256 = std::string(64, 'b'),
          .records = 3,
          .lines = 4,
          .ids = 9,
          .unknown_ids = 1,
          .invalid_sequences = 2,
          .nuls = 7};
}

// A whole file of three records: ids 0 to 14.
template <class Id>
std::string Contents(const TokenCacheInfo& info, Id offset) {
  std::vector<Id> ids;
  for (int i = 0; i < 15; ++i) ids.push_back(static_cast<Id>(offset + i));
  const std::string records(reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(Id));
  return internal::TokenCacheHeader(info, Crc32c(records.data(), records.size())) + records;
}

TEST(TokenCacheTest, ReadsRecordsOf16And32Bits) {
  std::vector<int32_t> ids(5);
  auto narrow = TokenCache::Open(WriteTestFile("narrow", Contents<uint16_t>(Info(65536), 65520)));
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  ASSERT_TRUE((*narrow)->Read(2, std::span(ids)).ok());
  EXPECT_THAT(ids, ElementsAre(65530, 65531, 65532, 65533, 65534));
  auto wide = TokenCache::Open(WriteTestFile("wide", Contents<uint32_t>(Info(65537), 65520)));
  ASSERT_TRUE(wide.ok()) << wide.status();
  ASSERT_TRUE((*wide)->Read(0, std::span(ids)).ok());
  EXPECT_THAT(ids, ElementsAre(65520, 65521, 65522, 65523, 65524));
  const TokenCacheInfo& info = (*wide)->info();
  EXPECT_TRUE(CheckSameSource(info, Info(65537), "wide").ok());
  EXPECT_EQ(info.records, 3);
  EXPECT_EQ(info.lines, 4);
  EXPECT_EQ(info.ids, 9);
  EXPECT_EQ(info.unknown_ids, 1);
  EXPECT_EQ(info.invalid_sequences, 2);
  EXPECT_EQ(info.nuls, 7);
}

TEST(TokenCacheTest, AsksWhetherToStopBeforeItIsVerified) {
  const std::string path = WriteTestFile("asks", Contents<uint16_t>(Info(65536), 65520));
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) { return TokenCache::Open(path, stop).status(); }),
            1);
}

TEST(TokenCacheTest, EveryCutIsRefused) {
  const std::string whole = Contents<uint16_t>(Info(100), 5);
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto cache = TokenCache::Open(WriteTestFile("cut", whole.substr(0, size)));
    ASSERT_FALSE(cache.ok()) << size;
    ASSERT_THAT(Message(cache.status()), HasSubstr("/cut: ")) << size;
  }
  EXPECT_FALSE(TokenCache::Open(WriteTestFile("cut", whole + "x")).ok());
}

TEST(TokenCacheTest, EveryFlippedByteIsRefused) {
  const std::string whole = Contents<uint16_t>(Info(100), 5);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    ASSERT_FALSE(TokenCache::Open(WriteTestFile("flip", damaged)).ok()) << i;
  }
}

TEST(TokenCacheTest, IdsBeyondTheVocabularyAreRefused) {
  EXPECT_TRUE(TokenCache::Open(WriteTestFile("edge", Contents<uint16_t>(Info(20), 5))).ok());
  EXPECT_THAT(
      Message(TokenCache::Open(WriteTestFile("ids", Contents<uint16_t>(Info(19), 5))).status()),
      HasSubstr("/ids: record 2: found id 19, expected ids below 19"));
  EXPECT_THAT(
      Message(TokenCache::Open(WriteTestFile("ids", Contents<uint32_t>(Info(70000), 69990)))
                  .status()),
      HasSubstr("/ids: record 2: found id 70000, expected ids below 70000"));
}

TEST(TokenCacheTest, ErrorsSayWhatWasExpected) {
  EXPECT_THAT(Message(TokenCache::Open(WriteTestFile("foreign", std::string(999, 'x'))).status()),
              HasSubstr("foreign: byte 0: found something else, expected a cache of ids"));
  EXPECT_TRUE(absl::IsNotFound(TokenCache::Open(TestPath("none")).status()));
  TokenCacheInfo other = Info(100);
  other.seq_len = 64;
  EXPECT_THAT(Message(CheckSameSource(Info(100), other, "file")),
              HasSubstr("file: found seq_len 5, expected 64"));
  other = Info(100);
  other.packing = Packing::kStream;
  EXPECT_THAT(Message(CheckSameSource(Info(100), other, "file")),
              HasSubstr("found packing line, expected stream"));
  other = Info(100);
  other.text.sha256[3] = 'c';
  EXPECT_FALSE(CheckSameSource(Info(100), other, "file").ok());
  other = Info(100);
  other.vocabulary_sha256[3] = 'c';
  EXPECT_FALSE(CheckSameSource(Info(100), other, "file").ok());
  // What came of it doesn't matter.
  other = Info(100);
  other.records = 0;
  EXPECT_TRUE(CheckSameSource(Info(100), other, "file").ok());
}

}  // namespace
}  // namespace hairpin
